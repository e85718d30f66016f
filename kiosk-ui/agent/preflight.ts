/** Before the doors open: everything a kiosk needs, looked at once, with what to do where something is amiss. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { type BrowserLook, lookAtBrowser } from './browser-look.ts'
import { type CameraState, isCameraDevice, lookAtCamera } from './camera.ts'
import type { AgentEnv } from './env.ts'
import type { Finding } from './finding.ts'
import { listedMicrophones, microphoneFinding } from './microphone.ts'
import { openLine, type Sent } from './orchestrator-line.ts'
import { pickupFinding } from './pickup-address.ts'
import { readVitals, type Vitals } from './vitals.ts'
import { voicesFinding } from './voices.ts'

const run = promisify(execFile)

const GIGABYTE = 1e9
const LEAST_MEMORY_BYTES = 700_000_000
const gigabytes = (bytes: number): string => `${(bytes / GIGABYTE).toFixed(1)} GB`

const cameraFinding = (device: string, state: CameraState): Finding => {
  const name = 'camera'
  if (state === 'seen') return { name, outcome: 'ok', detail: `${device} gives a picture` }
  if (state === 'in-use') return { name, outcome: 'ok', detail: `${device} is in use by the browser` }
  if (state === 'unknown')
    return { name, outcome: 'warn', detail: 'nothing to take a still with', todo: 'apt-get install fswebcam' }
  if (state === 'silent')
    return {
      name,
      outcome: 'fail',
      detail: `${device} is there and gives no picture`,
      todo: 'Pull its cable and put it in again; restart the box, then try another camera.',
    }
  return {
    name,
    outcome: 'fail',
    detail: `${device} is not there`,
    todo: 'Look at its cable and power; FANREEL_CAMERA names another.',
  }
}

const vitalFindings = ({ disk, memory, celsius }: Vitals, env: AgentEnv): Finding[] => [
  disk.freeBytes >= env.FANREEL_MIN_FREE_BYTES
    ? { name: 'disk', outcome: 'ok', detail: `${gigabytes(disk.freeBytes)} free` }
    : {
        name: 'disk',
        outcome: 'fail',
        detail: `${gigabytes(disk.freeBytes)} free of ${gigabytes(disk.totalBytes)}`,
        todo: 'Clips wait on this disk while the network is away: make room.',
      },
  memory.freeBytes >= LEAST_MEMORY_BYTES
    ? { name: 'memory', outcome: 'ok', detail: `${gigabytes(memory.freeBytes)} available` }
    : {
        name: 'memory',
        outcome: 'warn',
        detail: `${gigabytes(memory.freeBytes)} available`,
        todo: 'End what else runs on this box.',
      },
  celsius === undefined
    ? { name: 'temperature', outcome: 'ok', detail: 'no sensor' }
    : celsius <= env.FANREEL_MAX_CELSIUS
      ? { name: 'temperature', outcome: 'ok', detail: `${celsius.toFixed(0)} °C` }
      : { name: 'temperature', outcome: 'warn', detail: `${celsius.toFixed(0)} °C`, todo: 'Give the box air.' },
]

const lineFindings = (sent: Sent, env: AgentEnv): Finding[] => {
  const name = 'orchestrator'
  const url = env.FANREEL_ORCHESTRATOR_URL
  if (!sent.ok)
    return [
      {
        name,
        outcome: 'fail',
        detail: `${url}: ${sent.detail}`,
        todo:
          sent.why === 'refused'
            ? `Issue a token for ${env.FANREEL_KIOSK_ID} and give it as FANREEL_KIOSK_TOKEN.`
            : 'Look at the network, and whether the orchestrator runs.',
      },
    ]
  const off = Math.abs(sent.skewMs)
  const clock: Finding =
    off <= env.FANREEL_MAX_SKEW_MS
      ? { name: 'clock', outcome: 'ok', detail: `${sent.skewMs} ms off` }
      : {
          name: 'clock',
          outcome: 'warn',
          detail: `${(sent.skewMs / 1_000).toFixed(1)} s off`,
          todo: 'Let the box keep time: timedatectl set-ntp true.',
        }
  return [{ name, outcome: 'ok', detail: `${url} answers in ${sent.roundTripMs} ms and takes this kiosk's token` }, clock]
}

/** The browser by its version and, where it starts, by what it has to hear and to speak with. */
const browserFinding = async (env: AgentEnv): Promise<{ finding: Finding; look?: BrowserLook }> => {
  const name = 'browser'
  const command = env.FANREEL_BROWSER
  if (command === '') return { finding: { name, outcome: 'warn', detail: 'started by somebody else, and not watched' } }
  const fail = (detail: string, todo: string) => ({ finding: { name, outcome: 'fail' as const, detail, todo } })
  const version = await run(command, ['--version']).then(
    ({ stdout }) => stdout.trim().split('\n').at(-1) ?? '',
    () => undefined,
  )
  if (version === undefined)
    return fail(`${command} does not run`, 'apt-get install chromium, or name another by FANREEL_BROWSER.')
  try {
    return {
      finding: { name, outcome: 'ok', detail: version },
      look: await lookAtBrowser(command, env.FANREEL_BROWSER_ARGS, env.FANREEL_VOICES_MS),
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    return fail(`${version}: ${why}`, 'Try it by hand as the kiosk’s user; FANREEL_BROWSER_ARGS gives it arguments.')
  }
}

/** Looks at everything; the order is that of the report. */
export const preflight = async (env: AgentEnv, server: string): Promise<Finding[]> => {
  const vitals = await readVitals(env.FANREEL_AGENT_HOME)
  const camera: CameraState = isCameraDevice(env.FANREEL_CAMERA) ? await lookAtCamera(env.FANREEL_CAMERA) : 'missing'
  const line = openLine({ url: env.FANREEL_ORCHESTRATOR_URL, kioskId: env.FANREEL_KIOSK_ID, token: env.FANREEL_KIOSK_TOKEN })
  const sent = await line.send({
    version: env.FANREEL_VERSION,
    upMs: 0,
    ...vitals,
    camera,
    browser: { state: 'starting', restarts: 0 },
  })
  const browser = await browserFinding(env)
  return [
    existsSync(server)
      ? { name: 'screens', outcome: 'ok', detail: 'built' }
      : { name: 'screens', outcome: 'fail', detail: 'not built', todo: 'node ops/setup.mjs --for kiosk' },
    browser.finding,
    cameraFinding(env.FANREEL_CAMERA, camera),
    microphoneFinding(await listedMicrophones(), browser.look?.microphones),
    voicesFinding(browser.look?.voices),
    ...vitalFindings(vitals, env),
    ...lineFindings(sent, env),
    await pickupFinding(sent.ok ? sent.pickupBase : undefined, env.FANREEL_ORCHESTRATOR_URL),
  ]
}

const MARKS = { ok: 'ok  ', warn: 'LOOK', fail: 'FAIL' } as const

/** The report as people read it: one line a finding, and what to do below where something is amiss. */
export const preflightReport = (findings: readonly Finding[]): string => {
  const lines = findings.flatMap(({ name, outcome, detail, todo }) => [
    `${MARKS[outcome]}  ${name.padEnd(13)} ${detail}`,
    ...(todo === undefined ? [] : [`                     ${todo}`]),
  ])
  const failed = findings.filter(({ outcome }) => outcome === 'fail').length
  const verdict = failed === 0 ? 'This kiosk may open.' : `This kiosk should not open: ${failed} of ${findings.length} failed.`
  return [...lines, '', verdict].join('\n')
}
