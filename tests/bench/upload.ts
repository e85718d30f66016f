/**
 * `npm run bench:upload [-- --json]`: a clip through the kiosk's own uploader into an orchestrator, every piece checked and
 * synced before it is acknowledged, against a bare loop of acknowledged pieces into a process that throws them away.
 */
import { performance } from 'node:perf_hooks'
import { CHUNK_BYTES } from '@fanreel/protocol'
import { madeClip } from '../support/fake-kiosk.ts'
import { startFleet } from '../support/fleet.ts'
import { FLEET_PACK } from '../support/fleet-pack.ts'
import { sendVisitor } from '../support/visitor.ts'
import { median, report, rounded, say } from './figures.ts'
import { sendRaw } from './raw-upload.ts'

const MIB = 1_048_576
const CLIP_BYTES = 96 * CHUNK_BYTES
const ROUNDS = 5
const KIOSK = 'kiosk-1'

const rateOf = (ms: number): number => CLIP_BYTES / MIB / (ms / 1_000)

const fleet = await startFleet({ env: { FANREEL_LOG_LEVEL: 'warn' }, direct: true })
try {
  const raw = await fleet.start('raw', 'tests/bench/raw-upload.ts', {})
  const rawUrl = `http://127.0.0.1:${(await raw.ready).port}`
  const [port] = fleet.orchestrators.keys()
  const url = `http://127.0.0.1:${port}`
  const kiosk = await fleet.kiosk(KIOSK, { port: port ?? 0 })
  const clip = madeClip(CLIP_BYTES - 24)
  const ratios: number[] = []
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const rawRate = rateOf(await sendRaw(rawUrl, clip))
    const begun = performance.now()
    await sendVisitor(kiosk, { kioskId: KIOSK, url }, { clip: new Uint8Array(clip), packId: FLEET_PACK })
    const ours = rateOf(performance.now() - begun)
    // The first warms both up.
    if (round === 0) continue
    ratios.push(ours / rawRate)
    rates.push(ours)
    say(`  ours ${ours.toFixed(1)} MiB/s, bare ${rawRate.toFixed(1)}: ${(ours / rawRate).toFixed(2)}`)
  }
  report({ uploadToRaw: rounded(median(ratios)), mibPerS: rounded(median(rates), 1) })
} finally {
  await fleet.stop()
}
