/**
 * An orchestrator of which a test decides every answer, on a real socket and real HTTP: for what a node does with answers
 * that the real one gives only in bad moments.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pack } from '@fanreel/content-packs/schema'
import { filmFilesOf } from '@fanreel/content-packs/schema/files'
import { type NodeHello, nodeMessages, type Offer, type OfferAnswer, PROTOCOL_VERSION } from '@fanreel/protocol'
import { type Socket, Server as SocketServer } from 'socket.io'

const sha = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const packFile = new URL('../../content-packs/figure-skating/pack.json', import.meta.url)
const CLIP = Buffer.from('the clip of a visitor')
const ASSET = Buffer.from('a file of the pack')
/** Stands for no answer at all. */
export const SILENCE = Symbol('silence')

type Name = keyof typeof nodeMessages
/** What the stub says to a message; `n` counts messages of this name from 0. Undefined: what a healthy orchestrator says. */
type Say = (payload: Record<string, unknown>, n: number) => unknown

export const startStub = async (beatMs = 50) => {
  const pack = Pack.parse(JSON.parse(await readFile(packFile, 'utf8')))
  const manifestJson = JSON.stringify({
    pack,
    files: filmFilesOf(pack).map((path) => ({ path, sha256: sha(ASSET), bytes: ASSET.length })),
  })
  const packHash = sha(manifestJson)
  const keys = generateKeyPairSync('ed25519')
  const packKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  const signature = sign(null, Buffer.from(packHash, 'hex'), keys.privateKey).toString('base64')
  const says: Partial<Record<Name, Say>> = {}
  const said: { name: Name; nodeId: string; payload: Record<string, unknown> }[] = []
  /** Objects that were put, by kind. */
  const put: Record<string, number> = {}
  const gone = new Set<string>()
  const sockets = new Map<string, Socket>()
  let offers = 0

  const brief = () => ({
    ...{ ok: true, language: 'it', firstName: 'Ada', seed: 7 },
    clip: { url: '/clip', sha256: sha(CLIP), bytes: CLIP.length },
  })
  const healthy: Partial<Record<Name, Say>> = {
    'node:hello': (hello) => ({
      ...{ ok: true, protocol: PROTOCOL_VERSION, eventId: 'demo', packKey, serverTime: 1, beatMs, revoke: [] },
      keep: (hello as unknown as NodeHello).running.map((lease) => lease.leaseToken),
    }),
    'render:brief': brief,
    'render:put': ({ kind }) => ({ ok: true, url: `/put/${kind}` }),
    'render:beat': () => ({ ok: true, cancel: false, leaseUntil: 1 }),
    'render:result': () => ({ ok: true, outcome: 'accepted' }),
  }
  const http = createServer(async (request, response) => {
    const url = request.url ?? ''
    for await (const _ of request);
    if (gone.has(url)) return void response.writeHead(403).end()
    if (url.startsWith('/put/')) {
      put[url.slice(5)] = (put[url.slice(5)] ?? 0) + 1
      return void response.end()
    }
    if (url === '/clip') return void response.end(CLIP)
    if (url === `/media/packs/${sha(ASSET)}`) return void response.end(ASSET)
    if (url === `/api/packs/${packHash}`)
      return void response.end(JSON.stringify({ manifestJson, signature, publicKey: packKey }))
    response.writeHead(404).end()
  })
  const io = new SocketServer(http, { transports: ['websocket'] })
  const node = io.of('/node')
  node.on('connection', (socket) => {
    let nodeId = ''
    for (const name of Object.keys(nodeMessages) as Name[]) {
      socket.on(name, (payload: Record<string, unknown>, ack: (answer: unknown) => void) => {
        if (name === 'node:hello') nodeId = String(payload.nodeId)
        const n = said.filter((message) => message.name === name).length
        said.push({ name, nodeId, payload })
        const answer = says[name]?.(payload, n) ?? healthy[name]?.(payload, n) ?? { ok: true }
        if (answer !== SILENCE) ack(answer)
        if (name === 'node:hello') sockets.set(nodeId, socket)
      })
    }
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))

  const socketOf = (nodeId: string): Socket => {
    const socket = sockets.get(nodeId)
    if (!socket) throw new Error(`${nodeId} has not said hello`)
    return socket
  }
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    packHash,
    /** What a healthy orchestrator tells of the visitor. */
    brief,
    /** Answers of the test's own. */
    says,
    said,
    put,
    /** Addresses that are refused with 403. */
    gone,
    /** Payloads of the messages of a name. */
    heard: (name: Name) => said.filter((message) => message.name === name).map((message) => message.payload),
    /** Offers a render and answers what the node said to it. */
    offer: async (nodeId: string, more: Partial<Offer> = {}): Promise<OfferAnswer & { leaseToken: string }> => {
      const visitId = '01890a5d-ac96-774b-bcce-b302099a8057'
      const leaseToken = `demo.${nodeId}.${String(offers++).padStart(8, '0')}-0000-4000-8000-000000000000`
      const answer = await socketOf(nodeId)
        .timeout(5_000)
        .emitWithAck('render:offer', {
          ...{ eventId: 'demo', renderId: `${visitId}-r1`, visitId, leaseToken, tier: 'cpu', attempt: 1 },
          ...{ packId: 'figure-skating', packHash, policy: { prefer: [], redrawAbove: 0.35 }, leaseMs: 15_000, deadlineMs: 1 },
          ...more,
        })
      return { ...answer, leaseToken }
    },
    revoke: (nodeId: string, leaseToken: string) =>
      void socketOf(nodeId).emit('render:revoke', { eventId: 'demo', leaseToken, code: 'lease-lost' }),
    /** Breaks every connection; nodes dial again. */
    breakLinks: () => {
      for (const socket of sockets.values()) socket.conn.close()
    },
    stop: async () => {
      http.closeAllConnections()
      await io.close()
    },
  }
}
export type Stub = Awaited<ReturnType<typeof startStub>>
