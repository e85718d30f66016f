/** The engine of a node that draws nothing: takes as long as it is told, says how far it is, and hands over a film made before. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ShotList } from '@fanreel/protocol'
import { probe } from '../../gpu-node/src/media/probe.ts'
import type { renderFilm } from '../../gpu-node/src/render.ts'
import { posterOf, reportOf, shotListOf } from './made-reel.ts'

const STEPS = 10

/**
 * @param how `makeMs`: how long each film takes, in milliseconds. `poison`: SHA-256 of the clip that ends the process of whoever
 *   takes it. `probes`: looks at the film with ffprobe as a real engine looks at clips, and fails where that does
 */
export const stubFilm =
  (reel: Buffer, { makeMs, poison, probes }: { makeMs: number; poison?: string; probes: boolean }): typeof renderFilm =>
  async ({ clip, scratch, signal, onProgress }) => {
    const isPoison =
      poison !== undefined &&
      createHash('sha256')
        .update(await readFile(clip))
        .digest('hex') === poison
    if (isPoison) process.kill(process.pid, 'SIGKILL')
    for (let step = 1; step <= STEPS && makeMs > 0; step++) {
      await delay(makeMs / STEPS, undefined, { signal })
      onProgress?.({ stage: 'draw', fraction: step / STEPS })
    }
    const files = { reel: join(scratch, 'reel.mp4'), poster: join(scratch, 'poster.jpg') }
    await Promise.all([writeFile(files.reel, reel), writeFile(files.poster, posterOf())])
    if (probes) await probe(files.reel, signal)
    return { ok: true, ...files, shotList: ShotList.parse(JSON.parse(shotListOf().toString())), report: reportOf() }
  }
