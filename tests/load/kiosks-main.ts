/**
 * A process full of virtual kiosks, each with the real uploader and a socket of its own: one visitor after the other, each
 * started, sent and watched to its end, with a few films of the same kiosk under way at once as at an event. Leaves a file that
 * says how every visit ended, as far as a kiosk can know.
 */
import { writeFileSync } from 'node:fs'
import { connectUploader, newVisitKeys, type Uploader } from '@fanreel/kiosk-ui/uploader'
import type { VisitState, VisitView } from '@fanreel/protocol'
import { z } from 'zod'
import { madeClip } from '../support/fake-kiosk.ts'
import { beginVisit, sendClip } from './virtual-visit.ts'

const Settings = z.object({
  FANREEL_EVENT_ID: z.string(),
  FANREEL_LOAD_KIOSKS: z
    .string()
    .transform((json) => z.array(z.object({ kioskId: z.string(), token: z.string(), url: z.url() })).parse(JSON.parse(json))),
  /** Visits of all these kiosks together. */
  FANREEL_LOAD_VISITS: z.coerce.number().int().positive(),
  FANREEL_LOAD_CLIP_BYTES: z.coerce.number().int().positive(),
  /** A kiosk takes no next visitor while so many of its films are not there yet. */
  FANREEL_LOAD_AHEAD: z.coerce.number().int().positive(),
  /** Every so manieth visitor agrees to a cloud; without it none. */
  FANREEL_LOAD_CLOUD_EVERY: z.coerce.number().int().positive().optional(),
  /** The file that takes how every visit ended. */
  FANREEL_LOAD_OUT: z.string(),
})
const settings = Settings.parse(process.env)
const eventId = settings.FANREEL_EVENT_ID
const OVER: ReadonlySet<VisitState> = new Set(['ready', 'failed', 'held', 'cancelled', 'rejected', 'expired', 'deleted'])

const ends = new Map<string, VisitState | 'unknown'>()
let begun = 0
/** Takes the next visitor, if there is one. */
const next = (): boolean => begun++ < settings.FANREEL_LOAD_VISITS

const visit = async (kiosk: Uploader, kioskId: string, ended: () => void): Promise<void> => {
  const keys = newVisitKeys()
  const { visitId } = keys
  const { FANREEL_LOAD_CLOUD_EVERY: every } = settings
  ends.set(visitId, 'unknown')
  await beginVisit(kiosk, kioskId, keys, every !== undefined && ends.size % every === 0)
  const stop = kiosk.watch(visitId, (view: VisitView) => {
    if (!OVER.has(view.state)) return
    ends.set(visitId, view.state)
    stop()
    ended()
  })
  await sendClip(kiosk, visitId, madeClip(settings.FANREEL_LOAD_CLIP_BYTES))
}

const day = async (kiosk: Uploader, kioskId: string): Promise<void> => {
  let underWay = 0
  let wake: () => void = () => undefined
  const films: Promise<void>[] = []
  while (next()) {
    while (underWay >= settings.FANREEL_LOAD_AHEAD) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    underWay++
    await new Promise<void>((sent, failed) => {
      films.push(
        new Promise<void>((ended) => {
          visit(kiosk, kioskId, () => {
            underWay--
            wake()
            ended()
          }).then(sent, failed)
        }),
      )
    })
  }
  await Promise.all(films)
}

const kiosks = settings.FANREEL_LOAD_KIOSKS.map(({ kioskId, token, url }) => ({
  kioskId,
  kiosk: connectUploader({ url, eventId, kioskId, token, version: 'load' }),
}))
// The word to begin: all kiosks of all processes at once.
process.once('SIGUSR2', () => {
  Promise.all(kiosks.map(({ kiosk, kioskId }) => day(kiosk, kioskId))).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
// Whoever stops it wants to know how far it came.
process.once('SIGTERM', () => process.exit(2))
process.once('exit', () => writeFileSync(settings.FANREEL_LOAD_OUT, JSON.stringify([...ends])))

await Promise.all(kiosks.map(({ kiosk }) => kiosk.online()))
process.stdout.write(`${JSON.stringify({ ready: true, kiosks: kiosks.length })}\n`)
