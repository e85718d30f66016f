import { type KioskHealth, KioskHealthAnswer, PROTOCOL_VERSION } from '@fanreel/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVENT_ID, type FrontDoor, startFrontDoor } from './front-door.fixture.ts'

const HEALTH: KioskHealth = {
  version: '1.0.0',
  upMs: 1_000,
  disk: { freeBytes: 5_000_000_000, totalBytes: 60_000_000_000 },
  memory: { freeBytes: 2_000_000_000, totalBytes: 8_000_000_000 },
  load: 0.4,
  celsius: 51.5,
  camera: 'in-use',
  browser: { state: 'running', restarts: 2 },
}

describe('the reports of kiosks’ agents', () => {
  let door: FrontDoor
  beforeAll(async () => {
    door = await startFrontDoor()
  })
  afterAll(() => door.stop())
  const report = (kioskId: string, token: string, body: object = HEALTH) =>
    fetch(`${door.origin}/api/kiosks/${kioskId}/health`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
  const kiosksSeen = async () => {
    const token = await door.tokens.issue(EVENT_ID, 'operator', 'op')
    const socket = door.dial('/operator')
    const hello = { protocol: PROTOCOL_VERSION, eventId: EVENT_ID, token }
    return (await socket.timeout(5_000).emitWithAck('operator:hello', hello)).floor.kiosks
  }

  it('V10: what an agent reports with its kiosk’s token stands on the operators’ floor', async () => {
    const { token } = await door.openKiosk('kiosk-1')
    const alone = await door.tokens.issue(EVENT_ID, 'kiosk', 'kiosk-2')
    for (const [kioskId, key] of [
      ['kiosk-1', token],
      ['kiosk-2', alone],
    ] as const) {
      const answer = await report(kioskId, key)
      expect(answer.status).toBe(200)
      const { serverTime, pickupBase } = KioskHealthAnswer.parse(await answer.json())
      expect(Math.abs(serverTime - Date.now())).toBeLessThan(30_000)
      expect(pickupBase).toBe(`${door.origin}/v/`)
    }
    expect(await kiosksSeen()).toMatchObject([
      { kioskId: 'kiosk-1', online: true, health: HEALTH },
      // Its agent lives though its browser was never heard of.
      { kioskId: 'kiosk-2', online: false, health: HEALTH },
    ])
  })

  it('V10: nobody else reports for a kiosk, and nothing but a report is taken', async () => {
    const token = await door.tokens.issue(EVENT_ID, 'kiosk', 'kiosk-3')
    expect((await report('kiosk-4', token)).status).toBe(403)
    expect((await report('kiosk-3', `${token}x`)).status).toBe(403)
    expect((await report('__proto__', token)).status).toBe(403)
    expect((await report('kiosk-3', token, { ...HEALTH, camera: 'fine' })).status).toBe(400)
    expect((await kiosksSeen()).map(({ kioskId }: { kioskId: string }) => kioskId)).not.toContain('kiosk-3')
  })
})
