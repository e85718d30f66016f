/** A whole event in a few minutes: virtual kiosks and nodes on real sockets, and the count of what became of every visit. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import type { Visit } from '../../orchestrator/src/visits/visit.ts'
import { median, quantile, rounded } from '../bench/figures.ts'
import { doubledRenders } from '../support/doubled-renders.ts'
import { type Fleet, startFleet } from '../support/fleet.ts'
import { startS3Server } from '../support/s3-server.ts'
import { type MixedLoad, type MixFigures, startMix } from './mixed-load.ts'

export type LoadOptions = {
  kiosks: number
  nodes: number
  visits: number
  orchestrators: number
  clipBytes: number
  /** How many films of one kiosk may be under way at once. */
  ahead: number
  /** How long a film takes, in milliseconds. */
  makeMs: number
  /** Where clips and films lie. */
  store: 'disk' | 's3'
  /** Engines that draw the shots; without it a film takes `makeMs`. */
  mixed?: MixedLoad
  /** Hears how many films are there, now and then. */
  onProgress?: (ready: number, seconds: number) => void
}

export type LoadReport = Partial<MixFigures> & {
  visits: number
  ready: number
  failed: number
  /** Announced by a kiosk and answered, but not known any more. */
  lost: number
  /** Films that were accepted once too often. */
  doubled: number
  /** Neither there nor failed when nothing moved any more. */
  stuck: number
  seconds: number
  /** With a bucket: requests that came to it. */
  s3Requests?: number
  /**
   * How right the wait was that each visitor was told when their film was queued: the median of how far it was off, in
   * milliseconds, and of real wait to told wait the median and the value that nine of ten stay below. Missing where none was told.
   */
  waitErrorMs?: number
  waitRatioP50?: number
  waitRatioP90?: number
}

/** Peers of one process: a core carries more, but a busy event loop would be late with its answers. */
const KIOSKS_A_PROCESS = 250
const NODES_A_PROCESS = 50
/** The run ends when no visit has ended for so long. */
const STILL_MS = 60_000
const Ends = z.array(z.tuple([z.string(), z.string()]))

const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${name}-${at + 1}`)

const startKiosks = async (fleet: Fleet, urls: readonly string[], options: LoadOptions) => {
  const all = await Promise.all(
    numbered('kiosk', options.kiosks).map(async (kioskId, at) => ({
      kioskId,
      token: await fleet.token('kiosk', kioskId),
      url: urls[at % urls.length],
    })),
  )
  const chunks = chunksOf(all, KIOSKS_A_PROCESS)
  return Promise.all(
    chunks.map(async (kiosks, at) => {
      const out = join(fleet.folder, `kiosks-${at}.json`)
      const share = Math.floor(options.visits / chunks.length) + (at < options.visits % chunks.length ? 1 : 0)
      const child = await fleet.start(`kiosks-${at}`, 'tests/load/kiosks-main.ts', {
        FANREEL_EVENT_ID: fleet.eventId,
        FANREEL_LOAD_KIOSKS: JSON.stringify(kiosks),
        FANREEL_LOAD_VISITS: String(share),
        FANREEL_LOAD_CLIP_BYTES: String(options.clipBytes),
        FANREEL_LOAD_AHEAD: String(options.ahead),
        ...(options.mixed && { FANREEL_LOAD_CLOUD_EVERY: '2' }),
        FANREEL_LOAD_OUT: out,
      })
      return { child, out }
    }),
  )
}

/** What visitors were told, and how long they waited. */
const waitFigures = (visits: readonly Visit[]): Pick<LoadReport, 'waitErrorMs' | 'waitRatioP50' | 'waitRatioP90'> => {
  const waits = visits.flatMap(({ render, history }) => {
    const readyAt = history.find(({ state }) => state === 'ready')?.at
    return render?.promisedMs === undefined || readyAt === undefined
      ? []
      : [{ told: render.promisedMs, real: readyAt - render.queuedAt }]
  })
  if (waits.length === 0) return {}
  const ratios = waits.map(({ told, real }) => real / Math.max(1, told))
  return {
    waitErrorMs: rounded(median(waits.map(({ told, real }) => Math.abs(real - told))), 0),
    waitRatioP50: rounded(median(ratios)),
    waitRatioP90: rounded(quantile(ratios, 0.9)),
  }
}

/** Runs it to its end, or until nothing moves any more. */
export const runLoad = async (options: LoadOptions): Promise<LoadReport> => {
  const bucket = options.store === 's3' ? await startS3Server() : undefined
  try {
    const report = await runOn(options, bucket?.env ?? {})
    const asked = (method: string) => bucket?.requests(method) ?? 0
    return bucket ? { ...report, s3Requests: asked('GET') + asked('HEAD') + asked('PUT') + asked('DELETE') } : report
  } finally {
    await bucket?.stop()
  }
}

const runOn = async (options: LoadOptions, env: Record<string, string>): Promise<LoadReport> => {
  const fleet = await startFleet({
    orchestrators: options.orchestrators,
    direct: true,
    makeMs: options.makeMs,
    env: { FANREEL_LOG_LEVEL: 'warn', ...env },
  })
  const mix = options.mixed && (await startMix(fleet, options.mixed, options.nodes))
  try {
    const urls = [...fleet.orchestrators.keys()].map((port) => `http://127.0.0.1:${port}`)
    const nodeChunks = chunksOf(
      numbered('node', options.nodes),
      Math.min(NODES_A_PROCESS, Math.ceil(options.nodes / urls.length)),
    )
    for (const [at, nodeIds] of nodeChunks.entries()) {
      const url = urls[at % urls.length]
      await fleet.startNodes(nodeIds, { ...(url !== undefined && { url }), ...mix?.nodeOptions(nodeIds) })
    }
    const kiosks = await startKiosks(fleet, urls, options)

    const begun = performance.now()
    const secondsSoFar = () => (performance.now() - begun) / 1_000
    for (const { child } of kiosks) child.process.kill('SIGUSR2')
    let over = 0
    let movedAt = performance.now()
    while (kiosks.some(({ child }) => child.running) && performance.now() - movedAt < STILL_MS) {
      await Promise.race([
        new Promise((resolve) => setTimeout(resolve, 2_000)),
        Promise.all(kiosks.map(({ child }) => child.ended)),
      ])
      const counts = await fleet.store.counts()
      const now = (counts.ready ?? 0) + (counts.failed ?? 0)
      if (now !== over) movedAt = performance.now()
      over = now
      options.onProgress?.(over, secondsSoFar())
    }
    const seconds = Math.round(secondsSoFar() * 10) / 10
    await Promise.all(kiosks.map(({ child }) => child.stop()))

    const said = await Promise.all(kiosks.map(async ({ out }) => Ends.parse(JSON.parse(await readFile(out, 'utf8')))))
    const visitIds = said.flat().map(([visitId]) => visitId)
    const visits = await fleet.store.getMany(visitIds)
    const inState = (state: string) => visits.filter((visit) => visit.state === state).length
    return {
      visits: visitIds.length,
      ready: inState('ready'),
      failed: inState('failed'),
      lost: visitIds.length - visits.length,
      doubled: await doubledRenders(fleet, visits),
      stuck: visits.length - inState('ready') - inState('failed'),
      seconds,
      ...waitFigures(visits),
      ...(await mix?.figures(visits)),
    }
  } finally {
    await mix?.close()
    await fleet.stop()
  }
}
