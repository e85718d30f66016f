/** The orchestrators behind the nginx that `ops/proxy` sets up: pages, streams and sockets pass; nobody outside makes up an address. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROTOCOL_VERSION } from '@fanreel/protocol'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeCertificate } from '../../ops/demo/certificate.ts'
import { freePort } from '../../orchestrator/src/free-port.ts'
import { EVENT_ID, type FrontDoor, startFrontDoor } from '../../orchestrator/src/http/front-door.fixture.ts'
import { type Child, startChild } from '../support/child.ts'

const NGINX = '/usr/sbin/nginx'
const MOST_OF_ONE = 20

// Not installed by set-up: Debian's package starts a server of its own.
if (existsSync(NGINX))
  describe('behind nginx', () => {
    let folder: string
    let door: FrontDoor
    let nginx: Child
    let port: number
    const agent = new Agent({ rejectUnauthorized: false, maxSockets: 200 })

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'fanreel-nginx-'))
      door = await startFrontDoor({ env: { FANREEL_CODE_TRIES_OF_ONE: '3' } })
      port = await freePort('127.0.0.1')
      const { cert, key } = makeCertificate(['localhost'], new Date())
      await Promise.all([writeFile(join(folder, 'cert.pem'), cert), writeFile(join(folder, 'key.pem'), key, { mode: 0o600 })])
      const example = await readFile(new URL('../../ops/proxy/nginx.conf.example', import.meta.url), 'utf8')
      const [site = ''] = example
        .replace(/^\s*listen \[::\].*$/gm, '')
        .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
        .replace('/etc/fanreel/fullchain.pem', join(folder, 'cert.pem'))
        .replace('/etc/fanreel/privkey.pem', join(folder, 'key.pem'))
        .replace('/var/log/nginx/fanreel.log', join(folder, 'error.log'))
        .replace('127.0.0.1:8080', `127.0.0.1:${door.port}`)
        .replace('fanreel_addresses 2000', `fanreel_addresses ${MOST_OF_ONE}`)
        .split('server {\n  listen 80;')
      const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${join(folder, name)};`)
        .join(' ')
      await writeFile(
        join(folder, 'nginx.conf'),
        `daemon off; pid ${join(folder, 'pid')}; events {} http { ${places}\n${site}\n}`,
      )
      nginx = startChild({
        name: 'nginx',
        command: NGINX,
        args: ['-e', join(folder, 'start.log'), '-c', join(folder, 'nginx.conf')],
      })
      nginx.ready.catch(() => undefined)
      await vi.waitFor(() => ask('/health'), { timeout: 10_000 })
    }, 60_000)
    afterAll(async () => {
      agent.destroy()
      await nginx?.stop()
      await door?.stop()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    })

    /** Opens an answer; its body is read by `text`, or ended by `end`. */
    const open = (path: string, { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {}) =>
      new Promise<{ status: number; text(): Promise<string>; first(): Promise<string>; end(): void }>((resolve, reject) => {
        const method = body === undefined ? 'GET' : 'POST'
        const sent = request({ host: '127.0.0.1', port, path, method, headers, agent }, (answer) => {
          answer.setEncoding('utf8')
          resolve({
            status: answer.statusCode ?? 0,
            text: async () => (await answer.toArray()).join(''),
            first: () => new Promise((heard) => answer.once('data', heard)),
            end: () => void answer.destroy(),
          })
        })
        sent.once('error', reject)
        sent.end(body)
      })
    const ask = async (...asked: Parameters<typeof open>) => {
      const answer = await open(...asked)
      return { status: answer.status, text: await answer.text() }
    }

    it('shows a pickup page, and its news as they come', async () => {
      const { path } = await door.putVisit('queued')
      expect((await ask(path)).status).toBe(200)
      const stream = await open(`${path}/events`)
      expect([stream.status, await stream.first()]).toEqual([200, expect.stringContaining('news')])
      stream.end()
    })

    it('carries a kiosk’s socket', async () => {
      const token = await door.tokens.issue(EVENT_ID, 'kiosk', 'kiosk-1')
      const socket = io(`https://127.0.0.1:${port}/kiosk`, {
        transports: ['websocket'],
        forceNew: true,
        rejectUnauthorized: false,
      })
      try {
        const hello = { protocol: PROTOCOL_VERSION, eventId: EVENT_ID, kioskId: 'kiosk-1', token, version: 'test', holding: [] }
        expect(await socket.timeout(10_000).emitWithAck('kiosk:hello', hello)).toMatchObject({ ok: true })
      } finally {
        socket.disconnect()
      }
    })

    it('A15: counts whoever makes up addresses as one', async () => {
      const statuses: number[] = []
      for (let count = 0; count < 5; count++) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': `203.0.113.${count}` }
        statuses.push((await ask('/code', { headers, body: 'code=DDDD-DDDD' })).status)
      }
      expect(statuses.filter((status) => status === 429)).toHaveLength(2)
    })

    it('A16: lets one address hold so many connections and no more, and writes no visitor’s key down', async () => {
      const { path, token } = await door.putVisit('queued')
      const streams = await Promise.all(Array.from({ length: MOST_OF_ONE + 5 }, () => open(`${path}/events`)))
      const refused = streams.filter(({ status }) => status === 503)
      expect(refused.length).toBeGreaterThanOrEqual(5)
      expect(streams.length - refused.length).toBeGreaterThan(0)
      for (const stream of streams) stream.end()
      await expect.poll(async () => (await ask(path)).status).toBe(200)
      const logs = await Promise.all(
        ['error.log', 'start.log'].map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
      )
      expect(logs.join('')).not.toContain(token)
    })
  })
