/** Whether this machine can make films: each thing a render needs, tried, and what to do where it is missing. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { CLIP_RULES, type EngineName } from '@fanreel/protocol'
import { FACE_NAMES, type FaceName, familyWith } from './assembly/lettering/faces.ts'
import { readProvider, readScratchEnv } from './env.ts'
import { createEncoder } from './media/encode.ts'
import { startFfmpeg } from './media/ffmpeg.ts'
import { FPS } from './media/limits.ts'
import { probe } from './media/probe.ts'
import { type SandboxKind, sandboxKind } from './media/sandbox.ts'
import { ownEngines } from './own-engines.ts'
import { ownStudio } from './render.ts'
import { loadModels } from './vision/models/load-models.ts'

/** What was found of one part. `warning`: films can be made, but somebody should know. `advice`: what to do about it. */
export type Finding = { part: string; ok: boolean; warning?: true; detail: string; advice?: string }

type Found = string | { warning: string }
type Attempt = { part: string; advice: string; attempt: () => Found | Promise<Found> }

const tried = async ({ part, advice, attempt }: Attempt): Promise<Finding> => {
  const since = performance.now()
  try {
    const found = await attempt()
    if (typeof found !== 'string') return { part, ok: true, warning: true, detail: found.warning, advice }
    return { part, ok: true, detail: `${found} (${Math.round(performance.now() - since)} ms)` }
  } catch (error) {
    return { part, ok: false, detail: error instanceof Error ? error.message : String(error), advice }
  }
}

/** What walls stand round a decoder here, in words: without any, a film can be made, but a clip is untrusted data. */
export const sandboxFound = (kind: SandboxKind): string | { warning: string } => {
  if (kind === 'bubblewrap') return 'bubblewrap: clips are decoded without network and without sight of this machine'
  if (kind === 'systemd') return 'systemd: clips are decoded in a unit of their own, without network'
  return { warning: 'none: clips, which strangers send, are decoded with the rights of this user' }
}

/** Room that a film takes on the disk while it is made, in bytes. Measured: 757 MB at 720x1280; one drawn again takes more. */
export const FILM_BYTES = 1.2e9

/** Whether a folder can be written and has room for a film; of one that is not there yet, what it would be made in. Throws where not. */
export const roomIn = async (folder: string, needed = FILM_BYTES): Promise<string> => {
  let at = folder
  while (!(await stat(at).catch(() => undefined)) && dirname(at) !== at) at = dirname(at)
  const own = await mkdtemp(join(at, `fanreel-doctor-${randomUUID()}-`))
  await rm(own, { recursive: true })
  const { bavail, bsize } = await statfs(at)
  const free = `${((Number(bavail) * Number(bsize)) / 1e9).toFixed(1)} GB free in ${folder}`
  if (bavail * bsize < needed) throw new Error(`${free}, ${(needed / 1e9).toFixed(1)} GB are needed`)
  return free
}

const INSTALL_FFMPEG =
  'install ffmpeg 5.1 or newer with libx264 and aac (Debian: apt-get install ffmpeg), or name others in FANREEL_FFMPEG and FANREEL_FFPROBE'
const SIDE = 64

/** A sign of each typeface, to be drawn with. */
const SIGNS: Record<FaceName, string> = {
  condensed: 'A',
  italic: 'A',
  geometric: 'A',
  plain: 'Я',
  arabic: 'س',
  hebrew: 'ש',
  devanagari: 'प',
  thai: 'ส',
  japanese: 'さ',
  korean: '김',
  'simplified-chinese': '王',
  'traditional-chinese': '陳',
  emoji: '❤',
}

/** Writes a grey film, as films are written, as long as a clip must be to be looked at. */
const writeGrey = async (path: string, signal: AbortSignal): Promise<void> => {
  const encoder = await createEncoder({ path, width: SIDE, height: SIDE, fps: FPS, crf: 23, preset: 'veryfast', signal })
  const grey = new Uint8Array((SIDE * SIDE * 3) / 2).fill(128)
  for (let frame = 0; frame < (CLIP_RULES.MIN_FACE_MS * FPS) / 1000; frame++) await encoder.write(grey)
  await encoder.finish()
}

/** Packs a tenth of a second of silence. */
const packSilence = async (signal: AbortSignal): Promise<void> => {
  const child = await startFfmpeg({
    inputs: [{ stdin: true, options: ['-f', 'f32le', '-ar', '48000', '-ac', '2'] }],
    outputs: [{ stdout: true, options: ['-c:a', 'aac', '-aac_coder', 'fast', '-f', 'adts'] }],
    timeoutMs: 10_000,
    signal,
  })
  let bytes = 0
  child.stdout.on('data', (part: Buffer) => {
    bytes += part.length
  })
  child.stdin.end(new Uint8Array(4_800 * 8))
  const { code, stderr } = await child.ended
  if (code !== 0 || bytes === 0) throw new Error(stderr.slice(0, 200) || `ffmpeg ended with ${code}`)
}

const SERVERS: Partial<Record<EngineName, string>> = {
  comfyui: 'start the servers named in FANREEL_COMFYUI_URLS, and put the nodes and model files there that are named above',
  'videos-api': 'start the servers named in FANREEL_VIDEOS_API_URLS',
  'model-studio': 'let FANREEL_MODEL_STUDIO_KEY, _URL and the recipe’s model belong to one region',
}

/** Engines on other machines, where some are named: each asked whether it answers and has what it needs. */
const enginesElsewhere = (): Attempt[] =>
  ownEngines()
    .filter(({ capabilities }) => capabilities.place !== 'here')
    .map((engine) => ({
      part: engine.capabilities.name,
      advice: `${SERVERS[engine.capabilities.name] ?? 'start its servers'}; until then the next engine draws, at last the studio`,
      attempt: async () => {
        const health = await engine.health()
        // Films are made without it.
        return health.ok ? 'answers, and has what it needs' : { warning: health.reason }
      },
    }))

/** Tries everything, one after another, and answers what was found. */
export const examine = async (signal: AbortSignal): Promise<Finding[]> => {
  const scratch = await mkdtemp(join(tmpdir(), 'fanreel-doctor-'))
  const film = join(scratch, 'film.mp4')
  const attempts: Attempt[] = [
    {
      part: 'picture encoder',
      advice: INSTALL_FFMPEG,
      attempt: async () => {
        await writeGrey(film, signal)
        return 'ffmpeg writes H.264'
      },
    },
    {
      part: 'sound encoder',
      advice: INSTALL_FFMPEG,
      attempt: async () => {
        await packSilence(signal)
        return 'ffmpeg writes AAC'
      },
    },
    {
      part: 'ffprobe',
      advice: INSTALL_FFMPEG,
      attempt: async () => {
        await stat(film).catch(() => {
          throw new Error('not tried: there is no film to look at')
        })
        const found = await probe(film, signal)
        if (!found.ok || found.width !== SIDE) throw new Error('it does not understand a film that ffmpeg has just written')
        return 'reads what a file holds'
      },
    },
    {
      part: 'sandbox',
      advice: 'install bubblewrap (Debian: apt-get install bubblewrap) and allow user namespaces, or run under systemd',
      attempt: async () => sandboxFound(await sandboxKind()),
    },
    {
      part: 'networks',
      advice: 'install the packages again (npm ci): they bring the weights',
      attempt: async () => {
        const { provider, missing } = await loadModels({ signal, provider: readProvider() })
        const by =
          provider === 'cuda' ? 'computed by the graphics card' : `computed by the processor${missing ? `: ${missing}` : ''}`
        return `all weights are there and convert, ${by}`
      },
    },
    {
      part: 'typefaces',
      advice: 'install the packages again (npm ci): they bring the typefaces',
      attempt: () => {
        const missing = FACE_NAMES.filter((name) => !familyWith(name, SIGNS[name].codePointAt(0) ?? 0))
        if (missing.length > 0) throw new Error(`no letter can be drawn in ${missing.join(', ')}`)
        return `letters of ${FACE_NAMES.length} typefaces can be drawn`
      },
    },
    {
      part: 'studio',
      advice: 'install the packages again (npm ci), and let FANREEL_CACHE_DIR be writable',
      attempt: async () => {
        const health = await ownStudio().health()
        if (!health.ok) throw new Error(health.reason)
        return 'the compositor compiles and loads'
      },
    },
    ...enginesElsewhere(),
    {
      part: 'room at the command line',
      advice: 'make room there, or name another folder in TMPDIR',
      attempt: () => roomIn(tmpdir()),
    },
    {
      part: 'room as a node',
      advice: 'make room there, or name another folder in FANREEL_WORK_DIR',
      attempt: () => {
        const { FANREEL_WORK_DIR: folder, FANREEL_NODE_SLOTS: slots } = readScratchEnv()
        return roomIn(folder, FILM_BYTES * slots)
      },
    },
  ]
  try {
    const findings: Finding[] = []
    for (const one of attempts) findings.push(await tried(one))
    return findings
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
