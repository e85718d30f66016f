/**
 * What the kiosk's browser itself has to hear and to speak with. Linux may list a microphone that the browser's user may not open,
 * and a voice that the browser was not told of: so the browser is asked, in a profile of its own and without a screen.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { browserEnvironment, SPEECH_FLAG } from './browser.ts'
import { type Devtools, openDevtools } from './devtools-pipe.ts'

const Seen = z.object({
  /** Languages of its own voices, as BCP 47 says them; voices that send what they read to a server are left out. */
  voices: z.array(z.string()),
  /** Microphones by their names. */
  microphones: z.array(z.string()),
})
export type BrowserLook = z.infer<typeof Seen>

/** A browser on a box that has just been switched on. */
const START_MS = 30_000
const ASK_MS = 10_000
const LOOK_EVERY_MS = 100

type Target = { type: string; url: string; targetId: string }
type Evaluated = {
  result: { value?: unknown }
  exceptionDetails?: { text: string; exception?: { description?: string } }
}

/** Voices come a while after they were first asked for: espeak-ng has thousands. */
const expression = (voicesMs: number): string => `(async () => {
  const voices = () => speechSynthesis.getVoices().filter(({ localService }) => localService).map(({ lang }) => lang)
  const until = performance.now() + ${voicesMs}
  while (voices().length === 0 && performance.now() < until) await new Promise((later) => setTimeout(later, 100))
  const devices = await navigator.mediaDevices.enumerateDevices()
  const microphones = devices.filter(({ kind }) => kind === 'audioinput').map(({ label }) => label || 'a microphone')
  return { voices: [...new Set(voices())].sort(), microphones }
})()`

const askPage = async (devtools: Devtools, { targetId }: Target, voicesMs: number): Promise<BrowserLook> => {
  const { sessionId } = await devtools.ask('Target.attachToTarget', { targetId, flatten: true }, { timeoutMs: ASK_MS })
  const evaluate = { expression: expression(voicesMs), awaitPromise: true, returnByValue: true }
  const asked = { timeoutMs: ASK_MS + voicesMs, sessionId: String(sessionId) }
  const { result, exceptionDetails } = (await devtools.ask('Runtime.evaluate', evaluate, asked)) as Evaluated
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return Seen.parse(result.value)
}

const ask = async (devtools: Devtools, url: string, voicesMs: number): Promise<BrowserLook> => {
  // Names of devices are told to whom may use them.
  const permissions = ['videoCapture', 'audioCapture']
  await devtools.ask('Browser.grantPermissions', { origin: new URL(url).origin, permissions }, { timeoutMs: START_MS })
  const until = performance.now() + START_MS
  let why = 'it opens no page'
  while (performance.now() < until) {
    const { targetInfos } = await devtools.ask('Target.getTargets', {}, { timeoutMs: ASK_MS })
    const page = (targetInfos as Target[]).find((target) => target.type === 'page' && target.url === url)
    if (page)
      try {
        return await askPage(devtools, page, voicesMs)
      } catch (error) {
        // What stands there before our page does goes in the middle of the question.
        why = error instanceof Error ? error.message : why
      }
    await wait(LOOK_EVERY_MS)
  }
  throw new Error(why)
}

/**
 * Starts the kiosk's browser for a moment and asks it.
 * @param voicesMs how long voices may take to come, in milliseconds
 * @throws Error when it does not start, or does not answer in half a minute
 */
export const lookAtBrowser = async (command: string, args: readonly string[], voicesMs: number): Promise<BrowserLook> => {
  const profile = await mkdtemp(join(tmpdir(), 'fanreel-look-'))
  // Only an origin on loopback, as the screens' own, is asked about microphones at all.
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = spawn(
    command,
    [`--user-data-dir=${profile}`, '--remote-debugging-pipe', '--no-first-run', '--headless', SPEECH_FLAG, ...args, url],
    { env: browserEnvironment(), stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
  )
  const ended = once(browser, 'exit')
  try {
    const [, , , write, read] = browser.stdio as unknown as [null, null, null, Writable, Readable]
    const gone = ended.then(([code, signal]): never => {
      throw new Error(`the browser ended at once (${signal ?? code})`)
    })
    return await Promise.race([ask(openDevtools({ write, read }), url, voicesMs), gone])
  } finally {
    ended.catch(() => undefined)
    if (browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null) {
      process.kill(-browser.pid, 'SIGKILL')
      await ended
    }
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
