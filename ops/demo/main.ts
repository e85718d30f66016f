/** `npm run demo`, `npm start` and `npm run dev`: the whole installation on this machine, with or without a sample visitor. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { VisitView } from '@fanreel/protocol'
import { DemoFault } from './fault.ts'
import { type Flags, HELP, readFlags } from './flags.ts'
import { EVENT_ID, type Installation, startInstallation } from './installation.ts'
import { takeLock } from './lock.ts'
import { onParentGone } from './parent-watch.ts'
import { openPlaces, type Places } from './places.ts'
import { terminalCode } from './qr.ts'
import { visitStory } from './story.ts'
import { playVisitor } from './visitor.ts'
import { createVoice, type Voice } from './voice.ts'

const REFUSED_EXIT = 3
/** As a shell says that a program was interrupted. */
const INTERRUPTED_EXIT = 130
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const checkPack = ({ packs }: Places, packId: string) => {
  const known = readdirSync(packs).filter((name) => existsSync(join(packs, name, 'pack.json')))
  if (!known.includes(packId))
    throw new DemoFault(`There is no pack ${packId}: choose one of ${known.join(', ')}`, { exitCode: 2 })
}

const tellProgress = (voice: Voice, view: VisitView) => {
  const wait = view.waitMs === undefined ? '' : `, about ${Math.ceil(view.waitMs / 1000)} s to go`
  if (view.state === 'queued') {
    const place = view.place ? `${view.place} before it` : 'next'
    voice.progress('queued', `queued, ${place}${wait}`)
  } else if (view.state === 'rendering') {
    const stage = view.stage ?? 'starting'
    voice.progress(`rendering: ${stage}`, `rendering: ${stage}, ${Math.round((view.fraction ?? 0) * 100)} %${wait}`)
  } else voice.progress(view.state, view.state)
}

/** Answers with the exit code. */
const playOne = async (installation: Installation, flags: Flags, places: Places, voice: Voice): Promise<number> => {
  const visitor = {
    clip: flags.clip ?? places.sampleVisitor,
    packId: flags.pack,
    firstName: flags.name ?? (flags.clip === undefined ? 'Vita' : undefined),
    out: (visitId: string) => flags.out ?? join(places.films, `${visitId}.mp4`),
  }
  const outcome = await playVisitor(installation, visitor, {
    onPickup: async (pickupUrl) => {
      voice.line('\nThe film will be here, live from now on:\n')
      if (!flags.json) voice.line(await terminalCode(pickupUrl))
      voice.line(`  ${pickupUrl}\n`)
    },
    onSent: (fraction) => voice.progress('sending', `sending the clip, ${Math.round(fraction * 100)} %`),
    onView: (view) => tellProgress(voice, view),
  })
  if (outcome.state === 'refused') {
    const { visitId, code, message } = outcome
    voice.line(`\nNo film: ${message} (${code})`)
    if (flags.json) process.stdout.write(`${JSON.stringify({ visitId, code, message })}\n`)
    return REFUSED_EXIT
  }
  const { visitId, pickupUrl, reel, uploadMs, totalMs } = outcome
  const story = await visitStory(installation.origin, EVENT_ID, installation.tokens.operator, visitId)
  const { likeness, shots, durationMs = 0 } = story
  const result = {
    visitId,
    pickupUrl,
    reel,
    packId: flags.pack,
    seconds: durationMs / 1000,
    shots,
    likeness,
    stagesMs: { upload: uploadMs, ...story.stagesMs, total: totalMs },
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  voice.line(`\nThe film: ${reel}`)
  voice.line(
    `  ${seconds(durationMs)} in ${shots} shots, likeness distance ${likeness?.toFixed(2)} (good up to 0.35), made in ${seconds(totalMs)}`,
  )
  return 0
}

const tellAddresses = (voice: Voice, { localUrl, publicUrl, screensUrl, tokens, pin }: Installation, https: boolean) => {
  voice.line('\nTry it yourself:')
  voice.line(`  kiosk      ${screensUrl}/`)
  if (pin !== '') voice.line(`  its own settings: touch the invitation's upper end corner five times   (PIN ${pin})`)
  voice.line(`  operator   ${screensUrl}/operator   (token ${tokens.operator})`)
  if (publicUrl !== localUrl) voice.line(`  phones     ${publicUrl}`)
  if (!https) voice.line('  A camera on another machine and sharing on a phone need --https.')
  voice.line('\nCtrl-C stops everything.')
}

/** Aborted at Ctrl-C, at a request to end, and when the npm that ran this is gone. */
const askedToStop = (): AbortSignal => {
  const asked = new AbortController()
  // Started by hand it may well outlive its shell (nohup).
  if (process.env.npm_lifecycle_event !== undefined)
    onParentGone(
      () => {
        // Whoever read what this says may be gone as well, which is no reason to leave the other parts running.
        process.stdout.on('error', () => undefined)
        asked.abort(new Stopped())
      },
      { stopped: asked.signal },
    )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => asked.abort(new Stopped()))
  return asked.signal
}

/** The end that a person asked for. */
class Stopped extends Error {}

const play = async (
  flags: Flags,
  voice: Voice,
  places: Places,
  installation: Installation,
  signal: AbortSignal,
): Promise<number> => {
  const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  const ends = [stopped, installation.broken]
  if (!flags.serve) {
    const exitCode = await Promise.race([playOne(installation, flags, places, voice), ...ends])
    if (flags.once) return exitCode
  }
  tellAddresses(voice, installation, flags.https)
  return await Promise.race(ends)
}

const run = async (flags: Flags, voice: Voice): Promise<number> => {
  const places = openPlaces()
  checkPack(places, flags.pack)
  const giveBack = takeLock(places.home)
  const signal = askedToStop()
  let installation: Installation | undefined
  try {
    const begun = performance.now()
    voice.line('Starting Redis, orchestrator, GPU node and kiosk')
    installation = await startInstallation({ places, port: flags.port, https: flags.https, dev: flags.dev, signal })
    voice.line(`Ready at ${installation.localUrl} in ${seconds(performance.now() - begun)}`)
    return await play(flags, voice, places, installation, signal)
  } catch (error) {
    if (error instanceof Stopped) return flags.once ? INTERRUPTED_EXIT : 0
    throw error
  } finally {
    voice.line('Stopping')
    await installation?.stop()
    giveBack()
  }
}

const main = async (): Promise<number> => {
  let voice = createVoice(process.stderr)
  try {
    const flags = readFlags(process.argv.slice(2))
    if (flags.help) {
      process.stdout.write(HELP)
      return 0
    }
    if (!flags.json) voice = createVoice(process.stdout)
    return await run(flags, voice)
  } catch (error) {
    if (!(error instanceof DemoFault)) throw error
    voice.line(`\n${error.message}`)
    return error.exitCode
  }
}

process.exit(await main())
