/**
 * `npm run bench:upload [-- --json]`: a clip through the kiosk's own uploader into an orchestrator, every piece checked and
 * synced before it is acknowledged and the whole hashed, against a bare loop of acknowledged pieces into a process that throws
 * them away. Both may have as many pieces under way; the bare loop is also run with one at a time.
 */
import { performance } from 'node:perf_hooks'
import { CHUNK_BYTES, MOST_PIECES_UNDER_WAY } from '@fanreel/protocol'
import { madeClip } from '../support/fake-kiosk.ts'
import { startFleet } from '../support/fleet.ts'
import { FLEET_PACK } from '../support/fleet-pack.ts'
import { startVisit } from '../support/visitor.ts'
import { median, report, rounded, say } from './figures.ts'
import { sendRaw } from './raw-upload.ts'

const MIB = 1_048_576
const CLIP_BYTES = 96 * CHUNK_BYTES
const ROUNDS = 9
const KIOSK = 'kiosk-1'

const rateOf = (ms: number): number => CLIP_BYTES / MIB / (ms / 1_000)
const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

const fleet = await startFleet({ env: { FANREEL_LOG_LEVEL: 'warn' }, direct: true })
try {
  const raw = await fleet.start('raw', 'tests/bench/raw-upload.ts', {})
  const rawUrl = `http://127.0.0.1:${(await raw.ready).port}`
  const [port] = fleet.orchestrators.keys()
  const kiosk = await fleet.kiosk(KIOSK, { port: port ?? 0 })
  const clip = new Uint8Array(madeClip(CLIP_BYTES - 24))
  const ratios: number[] = []
  const toOneByOne: number[] = []
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const bare = rateOf(await sendRaw(rawUrl, clip, MOST_PIECES_UNDER_WAY))
    const { visitId } = await startVisit(kiosk, KIOSK, { packId: FLEET_PACK })
    const ours = rateOf(await timeOf(() => kiosk.send({ visitId, source: clip, mime: 'application/octet-stream' })))
    const oneByOne = rateOf(await sendRaw(rawUrl, clip, 1))
    // The first warms all up.
    if (round === 0) continue
    ratios.push(ours / bare)
    toOneByOne.push(ours / oneByOne)
    rates.push(ours)
    const bareRates = `bare ${bare.toFixed(1)}, one piece at a time ${oneByOne.toFixed(1)}`
    say(`  ours ${ours.toFixed(1)} MiB/s, ${bareRates}: ${(ours / bare).toFixed(2)}, ${(ours / oneByOne).toFixed(2)}`)
  }
  report({
    uploadToRaw: rounded(median(ratios)),
    uploadToOneByOne: rounded(median(toOneByOne)),
    mibPerS: rounded(median(rates), 1),
  })
} finally {
  await fleet.stop()
}
