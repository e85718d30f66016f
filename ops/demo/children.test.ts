import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { createChildren } from './children.ts'
import { DemoFault } from './fault.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

const open = () => {
  const logs = mkdtempSync(join(tmpdir(), 'fanreel-children-'))
  const children = createChildren(logs)
  stops.push(() => rmSync(logs, { recursive: true }), children.stop)
  return { logs, children }
}
const script = (name: string, source: string) => ({
  name,
  command: process.execPath,
  args: ['-e', source],
  cwd: tmpdir(),
  node: true,
})
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('hears when a process is ready, and stops the last started first', async () => {
  const { logs, children } = open()
  const source = (name: string) =>
    `process.on('SIGTERM',()=>{console.log('${name} ends '+Date.now());process.exit(0)});setInterval(()=>{},1e6);console.log(JSON.stringify({ready:true,pid:process.pid}))`
  const first = await children.start(script('first', source('first'))).saysReady()
  const second = await children.start(script('second', source('second'))).saysReady()
  await children.stop()
  const endOf = (name: string) => Number(/ends (\d+)/.exec(readFileSync(join(logs, `${name}.log`), 'utf8'))?.[1])
  await vi.waitFor(() => expect(endOf('first')).toBeGreaterThanOrEqual(endOf('second')))
  expect([first.pid, second.pid].some((pid) => isAlive(Number(pid)))).toBe(false)
})

it('tells which process ended by itself, how, and its last words', async () => {
  const { children } = open()
  const child = children.start(script('node', "console.error('no disk');process.exit(4)"))
  const fault = await child.saysReady().catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(DemoFault)
  expect(String(fault)).toMatch(/node ended by itself \(exit code 4\)[\s\S]*no disk/)
  await expect(children.anyEnded).rejects.toBe(fault)
})

it('says so when the program does not exist', async () => {
  const { children } = open()
  const child = children.start({ name: 'redis', command: '/nowhere/redis-server', args: [], cwd: tmpdir() })
  await expect(child.saysReady()).rejects.toThrow(/redis ended by itself .*ENOENT/)
})

it('leaves no process behind when the demo itself is killed', async () => {
  const parent = `
    import('${new URL('children.ts', import.meta.url).href}').then(async ({ createChildren }) => {
      const child = createChildren(process.argv[1]).start(${JSON.stringify(script('child', 'setInterval(()=>{},1e6);console.log(JSON.stringify({ready:true,pid:process.pid}))'))})
      console.log(JSON.stringify(await child.saysReady()))
    })`
  const { logs, children } = open()
  const demo = children.start({
    name: 'demo',
    command: process.execPath,
    args: ['--import', 'tsx', '-e', parent, logs],
    cwd: process.cwd(),
  })
  const { pid } = await demo.saysReady()
  expect(isAlive(Number(pid))).toBe(true)
  const running = children.stop()
  await running
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), { timeout: 5_000 })
})

it('lets the processes of its processes alone: their channels are their own', async () => {
  const { children } = open()
  const grandchild = `process.on('disconnect', () => setTimeout(() => console.log(JSON.stringify({ ready: true, stayed: true })), 50)); process.send('up')`
  const source = `
    const { spawn } = require('node:child_process')
    const own = ['--import', ${JSON.stringify(new URL('follow-parent.mjs', import.meta.url).pathname)}, '-e', ${JSON.stringify(grandchild)}]
    const child = spawn(process.execPath, own, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.once('message', () => child.disconnect())
    child.on('exit', () => process.exit())`
  expect(await children.start(script('family', source)).saysReady()).toMatchObject({ stayed: true })
})
