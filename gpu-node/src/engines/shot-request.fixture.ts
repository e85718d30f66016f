/** A shot to be drawn, of nobody: a grey bust that sways, cut out, a second of it, before the views of a world of ours. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Shot } from '@fanreel/protocol'
import { loadPack } from '../pack.ts'
import type { Cast } from '../vision/cast.ts'
import type { ShotRequest, Treatment } from './engine.ts'

export const SKATING = fileURLToPath(new URL('../../../content-packs/figure-skating', import.meta.url))
export const SHOT_SIZE = { width: 360, height: 640 }
const [WIDTH, HEIGHT, COUNT] = [120, 160, 24]

/** Writes the bust's cut-outs into `folder`. */
const greyBust = async (folder: string): Promise<Cast> => {
  const path = join(folder, 'cutouts.rgba')
  const bytes = new Uint8Array(WIDTH * HEIGHT * 4 * COUNT)
  for (let i = 0; i < bytes.length / 4; i++) {
    const [x, y, frame] = [i % WIDTH, Math.floor(i / WIDTH) % HEIGHT, Math.floor(i / WIDTH / HEIGHT)]
    const inside = Math.hypot(x - 60 - frame / 4, (y - 60) * 0.8) < 30 || (y > 90 && Math.abs(x - 60) < 45)
    bytes.set([140 + frame, 100, (x * 2) % 200, inside ? 255 : 0], i * 4)
  }
  await writeFile(path, bytes)
  const box = { x: 0, y: 0, width: WIDTH, height: HEIGHT }
  const face = {
    box: { x: 35, y: 30, width: 50, height: 60 },
    score: 1,
    landmarks: [],
    yaw: 0,
    roll: 0,
    mouthOpen: 0,
    smile: 1,
    eyesOpen: 1,
  }
  return {
    clip: { width: WIDTH, height: HEIGHT, fps: 24, durationMs: 1000 },
    frames: Array.from({ length: COUNT }, (_, k) => ({ timeMs: (k * 1000) / 24, face, person: box, motion: 0 })),
    cutouts: { path, box, parts: Array.from({ length: COUNT }, (_, k) => ({ at: k * WIDTH * HEIGHT * 4, box })) },
    light: { luma: 0.3, contrast: 0.2, colour: [0.4, 0.3, 0.2], side: 0 },
    framingClass: 'upper',
    measures: { faceWidthPx: face.box.width },
  } as unknown as Cast
}

export const shotOf = (treatment: Treatment, frames: number, speed = 1): Shot => ({
  id: `1-${treatment}`,
  slot: 'one',
  framing: 'medium',
  treatment,
  plateView: treatment === 'screen' ? 'screen' : 'arena-boards',
  camera: 'handheld',
  startFrame: 40,
  frames,
  source: { startMs: 100, endMs: 100 + (frames * 1000 * speed) / 24, speed },
  voice: false,
  transition: 'cut',
  reason: 'a test',
})

/** Makes requests for shots of the bust, whose cut-outs lie in `folder`. */
export const shotRequests = async (folder: string) => {
  const [pack, cast] = await Promise.all([loadPack(SKATING), greyBust(folder)])
  return (shot: Shot, scratch: string, more: Partial<ShotRequest> = {}): ShotRequest => ({
    shot,
    shotList: { ...SHOT_SIZE, seed: 3, packHash: pack.hash } as ShotRequest['shotList'],
    cast,
    pack,
    scratch,
    tail: 0,
    gentleness: 0,
    signal: new AbortController().signal,
    ...more,
  })
}
