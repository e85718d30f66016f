/**
 * A TCP proxy that can be told to misbehave as networks do: let nothing through and say nothing (a black hole), be slow, cut
 * every connection, or cut each one after so many bytes. Upstreams are asked in turn; one that does not answer is passed over.
 */
import { connect, createServer, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

export type Upstream = { port: number } | { path: string }

/** A bad network as TCP lets it be felt: nothing is missing, but what was lost comes when it was sent again. */
export type RoughRoad = {
  /** One way, in milliseconds. */
  delayMs: number
  /** Share of pieces that are lost once, 0..1. */
  lossShare: number
  bytesPerSecond: number
  /** Answers 0..1. */
  random: () => number
}
/** When what was lost is sent again: the least that TCP waits before it believes in a loss on such a way, in milliseconds. */
const SENT_AGAIN_MS = 1_000

export type TcpProxy = {
  readonly port: number
  /** Connections that go through it now. */
  readonly open: number
  /** Bytes that clients have sent through it so far. */
  readonly sentBytes: number
  /** How often clients have sent something: what is written together comes together. */
  readonly pieces: number
  /** Connections it has cut. */
  readonly cuts: number
  /** From now on nothing goes through, in neither direction, and nothing is closed. `false` ends that: what came meanwhile arrives. */
  blackHole(on: boolean): void
  /** Each piece that goes through is held back for so long, in milliseconds. */
  delay(ms: number): void
  /** From now on it is as slow and lossy as this; `undefined` ends that. */
  roughen(road: RoughRoad | undefined): void
  /** Cuts every connection now, as a pulled cable whose ends notice. */
  cut(): void
  /** Cuts each connection once its client has sent so many bytes over it; `undefined` stops that. */
  cutAfter(bytes: number | undefined): void
  close(): Promise<void>
}

/** Connects to the first upstream that answers, beginning with a different one each time. */
const dial = (upstreams: readonly Upstream[], first: number): Promise<Socket> =>
  upstreams.reduce<Promise<Socket>>(
    (before, _, at) =>
      before.catch(
        () =>
          new Promise((resolve, reject) => {
            const upstream = upstreams[(first + at) % upstreams.length]
            if (!upstream) return reject(new Error('no upstream'))
            const socket = connect(upstream)
            socket.once('connect', () => resolve(socket))
            socket.once('error', reject)
          }),
      ),
    Promise.reject(new Error('no upstream')),
  )

/** Starts the proxy on a free port of loopback. `upstreams` is asked anew for each connection. */
export const startTcpProxy = async (upstreams: () => readonly Upstream[]): Promise<TcpProxy> => {
  const sockets = new Set<Socket>()
  let turn = 0
  let holding = false
  /** What happens when a black hole ends: what came meanwhile goes through, as TCP would send it again. */
  const held = new Set<() => void>()
  const whenOpen = (action: () => void) => (holding ? void held.add(action) : action())
  let delayMs = 0
  let road: RoughRoad | undefined
  let limit: number | undefined
  let sentBytes = 0
  let pieces = 0
  let cuts = 0

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  /** Hands on what comes, as the proxy is told to just then; none overtakes another, whatever it is told meanwhile. */
  const forward = (from: Socket, to: Socket, onBytes: (count: number) => void) => {
    /** When the last piece has left, and when it arrives. */
    let departure = 0
    let arrival = 0
    const onTheWay: { arrivesAt: number; action: () => void }[] = []
    let timer: NodeJS.Timeout | undefined
    const arrivalOf = (bytes: number): number => {
      const lost = road && road.random() < road.lossShare ? SENT_AGAIN_MS : 0
      departure = Math.max(departure, performance.now()) + (road ? (bytes / road.bytesPerSecond) * 1_000 : 0)
      arrival = Math.max(arrival, departure + (road ? road.delayMs + lost : delayMs))
      return arrival
    }
    const arrive = () => {
      timer = undefined
      for (let [next] = onTheWay; next !== undefined; [next] = onTheWay) {
        const ms = next.arrivesAt - performance.now()
        if (ms > 0) {
          timer = setTimeout(arrive, ms)
          return
        }
        onTheWay.shift()
        next.action()
      }
    }
    const later = (bytes: number, action: () => void) =>
      whenOpen(() => {
        onTheWay.push({ arrivesAt: arrivalOf(bytes), action })
        if (timer === undefined) arrive()
      })
    from.on('data', (piece: Buffer) => {
      onBytes(piece.length)
      later(piece.length, () => to.writable && to.write(piece))
    })
    from.once('close', () => later(0, () => to.destroy()))
  }
  const serve = async (client: Socket): Promise<void> => {
    const upstream = await dial(upstreams(), turn++)
    if (client.destroyed) return void upstream.destroy()
    upstream.setNoDelay(true)
    keep(upstream)
    let sent = 0
    forward(client, upstream, (count) => {
      sent += count
      sentBytes += count
      pieces++
      if (limit === undefined || sent < limit) return
      cuts++
      client.destroy()
      upstream.destroy()
    })
    forward(upstream, client, () => undefined)
    client.resume()
  }

  const server = createServer({ noDelay: true }, (client) => {
    keep(client)
    client.pause()
    whenOpen(() => void serve(client).catch(() => client.destroy()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('the proxy has no port')
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }

  return {
    port: address.port,
    get open() {
      return sockets.size
    },
    get sentBytes() {
      return sentBytes
    },
    get pieces() {
      return pieces
    },
    get cuts() {
      return cuts
    },
    blackHole: (on) => {
      holding = on
      if (on) return
      for (const action of held) action()
      held.clear()
    },
    delay: (ms) => {
      delayMs = ms
    },
    roughen: (now) => {
      road = now
    },
    cut: () => {
      cuts += sockets.size
      destroyAll()
    },
    cutAfter: (bytes) => {
      limit = bytes
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      destroyAll()
      await closed
    },
  }
}
