/** Who is taken for an agent that keeps the browser. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { AGENT_MARK } from './agent-wish.ts'

/** Asks in each layout in turn: a channel alone, as `npm start` keeps one; the agent's; the mark alone. */
const SERVER = `
  const { hasAgent, wishForRestart } = await import('${new URL('agent-wish.ts', import.meta.url).href}')
  const ask = async () => ({ kept: hasAgent(), heard: await wishForRestart() })
  const channel = await ask()
  Object.assign(process.env, ${JSON.stringify(AGENT_MARK)})
  const agent = await ask()
  process.disconnect()
  console.log(JSON.stringify({ channel, agent, mark: await ask() }))`

it('is the one that left its mark and listens, and nobody else is asked', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', SERVER], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const wishes: unknown[] = []
  child.on('message', (said) => wishes.push(said))
  if (!child.stdout) throw new Error('no output')
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
  const nobody = { kept: false, heard: false }
  expect(JSON.parse(said)).toEqual({ channel: nobody, agent: { kept: true, heard: true }, mark: nobody })
  expect(wishes).toEqual([{ wish: 'restart-browser' }])
})
