/**
 * Nodes that die at random while they draw shots that cost money, each retry on another node: nothing is paid for twice. The
 * orchestrator, its Redis, the engine and the service's protocol are real; a node that has died says and hears nothing any more.
 * `FANREEL_PAID_KILLS=200 FANREEL_FAULTS_SEED=7 npx vitest run tests/faults/paid-once.test.ts` tries more of them.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Offer } from '@fanreel/protocol'
import { afterAll, expect, it } from 'vitest'
import { startModelStudio } from '../../gpu-node/contract/model-studio-server.ts'
import { seededRandom } from '../../gpu-node/src/director/random.ts'
import { EngineFault } from '../../gpu-node/src/engines/engine-fault.ts'
import { createModelStudio } from '../../gpu-node/src/engines/model-studio/model-studio-engine.ts'
import { readRecipe } from '../../gpu-node/src/engines/model-studio/recipe.ts'
import { serveReference } from '../../gpu-node/src/engines/paid-work.fixture.ts'
import { SHOT_SIZE, shotOf, shotRequests } from '../../gpu-node/src/engines/shot-request.fixture.ts'
import { scratchFolder } from '../../gpu-node/src/media/scratch-folder.ts'
import { createPaidWork } from '../../gpu-node/src/paid-orders.ts'
import { madeClip } from '../support/fake-kiosk.ts'
import type { FakeNode } from '../support/fake-node.ts'
import { makeReel } from '../support/made-reel.ts'
import { startRig } from '../support/orchestrator-rig.ts'

/** A visit has three tries: two of them die. */
const KILLS_A_VISIT = 2
const KILLS = Number(process.env.FANREEL_PAID_KILLS ?? 8)
const SLOTS = ['kiss', 'ice'] as const
const AT_ONCE = 6
/** One answer in so many to a create is lost besides. */
const LOST_EVERY = 9

const random = seededRandom(Number(process.env.FANREEL_FAULTS_SEED ?? 1))
const forever = <T>() => new Promise<T>(() => undefined)

const folder = await scratchFolder()
const served = await serveReference(folder)
const service = await startModelStudio({ taskMs: 120, hands: 32 })
const rig = await startRig({ FANREEL_LEASE_MS: '10000' })
const [reel, request] = await Promise.all([makeReel(), shotRequests(folder)])
afterAll(async () => {
  await rig.stop()
  await Promise.all([service.close(), served.close()])
})

/** Whose picture nobody looks at here. */
const studio = {
  renderShot: async ({ shot, scratch }: { shot: { id: string }; scratch: string }) => {
    const path = join(scratch, `${shot.id}-${random()}.yuv`)
    await writeFile(path, new Uint8Array((SHOT_SIZE.width * SHOT_SIZE.height * 3) / 2))
    return { kind: 'pictures', path, frames: 1, engine: 'studio' } as const
  },
}
/** Each node has its own: what a dead one holds of it is held for ever. */
const newEngine = () =>
  createModelStudio({
    ...{ url: service.url, key: service.key, studio, recipe: readRecipe('wan26-r2v-flash') },
    timing: { pollMs: 40, callMs: 20_000, backOffMs: 20, giveUpMs: 60_000 },
  })

/** Draws the shots of an offer as a node would, until it is killed; answers how each ended. */
const draw = (node: FakeNode, offer: Offer, isDead: () => boolean): Promise<string[]> => {
  const { eventId, renderId, leaseToken, visitId } = offer
  const paid = createPaidWork({
    lease: { eventId, renderId, leaseToken },
    clip: '',
    signal: new AbortController().signal,
    putReference: () => Promise.resolve(''),
    goesOn: () => true,
    ask: async (name, payload) => {
      if (isDead()) return forever()
      const answer = await node.ask(name, payload as Record<string, unknown>)
      return isDead() ? forever() : answer
    },
  })
  const reference = { url: `${served.reference.url}?visit=${visitId}`, seconds: served.reference.seconds }
  const engine = newEngine()
  const outcomes = SLOTS.map(async (slot) => {
    const shot = { ...shotOf('boards', 20), id: `${visitId}-${leaseToken.slice(-36)}-${slot}`, slot }
    const asked = request(shot, folder, { paid: { ...paid, reference: () => Promise.resolve(reference) } })
    try {
      await engine.renderShot(asked)
      return 'drawn'
    } catch (error) {
      return error instanceof EngineFault ? error.reason : String(error)
    }
  })
  return Promise.all(outcomes)
}

it('M1, D12: whenever nodes die, no shot is paid for twice', async () => {
  const visits = Math.ceil(KILLS / KILLS_A_VISIT)
  await rig.settings.change({
    ...{ purposes: ['make-film', 'cloud'], tiers: ['cloud'] },
    policy: { prefer: ['model-studio'], redrawAbove: 0.35, budgetCents: 100, dayBudgetCents: 1_000_000 },
  })
  const kiosk = await rig.kiosk()
  const agreed = { textSha256: 'c'.repeat(64), language: 'en', agreedAt: 1, kioskId: 'kiosk-1', ofAgeOrGuardian: true }
  for (let k = 0; k < visits; k++) {
    const { visitId } = await kiosk.start({ consent: { ...agreed, purposes: ['make-film', 'cloud'] } })
    expect(await kiosk.send(visitId, madeClip())).toMatchObject({ ok: true })
  }
  const killed = new Map<string, number>()
  const ends: string[] = []
  let attempts = visits * (KILLS_A_VISIT + 1)
  const work = async () => {
    while (attempts-- > 0) {
      const node = await rig.node(`node-${attempts}`, { tiers: ['cloud'] })
      const offer = await node.nextOffer(5_000).catch(() => undefined)
      // A visit that has lost a lease besides needs fewer of them.
      if (!offer) {
        node.close()
        continue
      }
      const beats = setInterval(() => void node.beat(offer).catch(() => undefined), 500)
      let dead = false
      const drawing = draw(node, offer, () => dead)
      const deaths = killed.get(offer.visitId) ?? 0
      if (deaths < KILLS_A_VISIT) {
        killed.set(offer.visitId, deaths + 1)
        // As many while the task is made as while it runs.
        await delay(random() * (random() < 0.5 ? 60 : 400))
        dead = true
        clearInterval(beats)
        node.cut()
        continue
      }
      ends.push(...(await drawing))
      expect(await node.deliver(offer, reel)).toMatchObject({ ok: true, outcome: 'accepted' })
      clearInterval(beats)
      node.close()
    }
  }
  const losing = setInterval(() => {
    if (service.faults.length === 0 && random() < 1 / LOST_EVERY) service.faults.push('lost-answer')
  }, 50)
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, visits) }, work))
  } finally {
    clearInterval(losing)
  }
  const asked = service.asked.map(({ input, parameters }) => `${input.reference_urls?.[0]} ${parameters.seed}`)
  const doublePaid = asked.length - new Set(asked).size
  const count = (end: string) => ends.filter((one) => one === end).length
  const figures = { kills: visits * KILLS_A_VISIT, shots: ends.length, asked: asked.length, doublePaid }
  process.stderr.write(`${JSON.stringify({ ...figures, drawn: count('drawn'), orphaned: count('orphaned') })}\n`)
  expect(doublePaid).toBe(0)
  expect(ends.length).toBeGreaterThan(visits)
  expect(count('drawn') + count('orphaned')).toBe(ends.length)
}, 600_000)
