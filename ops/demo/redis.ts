/** A Redis of the demo's own: on a Unix socket, append-only file, data kept between starts. */
import { existsSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Child, Children } from './children.ts'
import { DemoFault } from './fault.ts'
import { ownPrograms, type Places } from './places.ts'

const POLL_MS = 25
const START_MS = 20_000

/** Sends one command and answers with the first line of the reply; undefined when nobody listens. */
const command = (socket: string, words: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const connection = connect(socket)
    connection.setTimeout(1_000, () => connection.destroy())
    connection.once('connect', () => connection.write(`${words}\r\n`))
    connection.once('data', (data) => {
      resolve(data.toString().split('\r\n', 1)[0])
      connection.destroy()
    })
    connection.once('error', () => resolve(undefined))
    connection.once('close', () => resolve(undefined))
  })

const answers = async (socket: string): Promise<boolean> => (await command(socket, 'PING')) === '+PONG'

/** A Redis that outlived a demo which was killed holds the same files: it is asked to write them and go. */
const endLeftover = async (socket: string): Promise<void> => {
  if (!existsSync(socket) || !(await answers(socket))) return
  await command(socket, 'SHUTDOWN')
  while (await answers(socket)) await wait(POLL_MS)
}

/** @throws DemoFault when it does not answer in time or ends */
export const startRedis = async (children: Children, places: Places): Promise<Child> => {
  const { redis: folder, redisSocket: socket, root } = places
  await endLeftover(socket)
  rmSync(socket, { force: true })
  const own = join(root, '.fanreel', 'bin', 'redis-server')
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
  }
  const child = children.start({
    name: 'redis',
    command: existsSync(own) ? own : 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: folder,
    env: ownPrograms(root),
  })
  const deadline = Date.now() + START_MS
  const answering = async () => {
    while (!(await answers(socket))) {
      if (Date.now() > deadline) throw new DemoFault(`Redis does not answer: see ${join(places.logs, 'redis.log')}`)
      await wait(POLL_MS)
    }
  }
  await Promise.race([answering(), child.ended])
  return child
}
