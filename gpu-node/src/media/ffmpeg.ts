/**
 * The only file that knows fluent-ffmpeg (archived in 2025: here it composes the argument list and nothing else) and how
 * ffmpeg must be called for untrusted input. The child itself is started by `child.ts`, never through a shell.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import fluent from 'fluent-ffmpeg'
import { type Child, startChild } from './child.ts'
import { DECODERS, MEDIA_LIMITS } from './limits.ts'
import type { SandboxKind } from './sandbox.ts'
import type { Container } from './sniff.ts'

/** One input: a file (absolute path) or raw data on the child's stdin, with the options that stand before it. */
export type Input = { file: string; options: readonly string[] } | { stdin: true; options: readonly string[] }
/** One output: a file (absolute path) or the child's stdout, with the options that stand before it. */
export type Output = { file: string; options: readonly string[] } | { stdout: true; options: readonly string[] }

export type FfmpegTask = {
  inputs: readonly Input[]
  outputs: readonly Output[]
  timeoutMs: number
  signal?: AbortSignal | undefined
  sandbox?: SandboxKind | undefined
  /** An open descriptor that becomes ffmpeg's stdout. */
  stdout?: number
  /** How far it stands back for others; see `Confined`. */
  niceness?: number
  threads?: number
}

const program = (name: 'FFMPEG' | 'FFPROBE'): string => {
  const own = process.env[`FANREEL_${name}`]
  return own && existsSync(own) ? own : name.toLowerCase()
}

/**
 * Options that precede an untrusted file. Only the sniffed demuxer, the file protocol and listed decoders are open, and
 * every size is bounded. Source: the checks recorded for ffmpeg 5.1 against renamed playlists and decompression bombs.
 */
export const untrusted = (container: Container): string[] => [
  ...['-protocol_whitelist', 'file', '-format_whitelist', 'mov,matroska', '-codec_whitelist', DECODERS.join(',')],
  ...['-f', container, '-max_streams', String(MEDIA_LIMITS.STREAMS)],
  ...['-probesize', String(MEDIA_LIMITS.PROBE_SIZE), '-analyzeduration', String(MEDIA_LIMITS.ANALYSE_MICROSECONDS)],
  ...['-max_pixels', String(MEDIA_LIMITS.MAX_PIXELS)],
]

/** Options of an output made of an untrusted file: nothing but its first picture and sound goes through, and at most so many bytes. */
export const boundedOutput = (bytes: number): string[] => [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-fs', String(Math.ceil(bytes))],
]

/** The argument list of a task. A path always stands behind `file:`, so that a name like `-x.mp4` stays a name. */
export const composeArguments = (task: Pick<FfmpegTask, 'inputs' | 'outputs' | 'threads'>): string[] => {
  const command = fluent()
  for (const input of task.inputs) {
    command.input('stdin' in input ? 'pipe:0' : `file:${input.file}`).inputOptions([...input.options])
  }
  for (const output of task.outputs) {
    command.output('stdout' in output ? 'pipe:1' : `file:${output.file}`).outputOptions([...output.options])
  }
  const composed = command._getArguments()
  const global = ['-hide_banner', '-nostdin', '-v', 'error', '-max_alloc', String(MEDIA_LIMITS.ALLOCATION_BYTES)]
  const threads = ['-filter_threads', String(task.threads ?? 1)]
  return [...global, ...threads, ...composed]
}

/** Starts ffmpeg on a task, confined to the files the task names. */
export const startFfmpeg = (task: FfmpegTask): Promise<Child> =>
  startChild(
    {
      program: program('FFMPEG'),
      arguments: composeArguments(task),
      readable: task.inputs.flatMap((input) => ('file' in input ? [input.file] : [])),
      writable: task.outputs.flatMap((output) => ('file' in output ? [dirname(output.file)] : [])),
      ...(task.niceness !== undefined && { niceness: task.niceness }),
    },
    task,
  )

/** Starts ffprobe on an untrusted file; `show` is what it is to print, as JSON, on stdout. */
export const startFfprobe = (
  file: string,
  container: Container,
  show: readonly string[],
  options: Pick<FfmpegTask, 'timeoutMs' | 'signal' | 'sandbox'> & { cpuSeconds?: number | undefined },
) =>
  startChild(
    {
      program: program('FFPROBE'),
      arguments: [
        '-hide_banner',
        '-v',
        'error',
        '-max_alloc',
        String(MEDIA_LIMITS.ALLOCATION_BYTES),
        ...untrusted(container),
        '-of',
        'json',
        ...show,
        '-i',
        `file:${file}`,
      ],
      readable: [file],
      writable: [],
      cpuSeconds: options.cpuSeconds ?? MEDIA_LIMITS.PROBE_CPU_SECONDS,
    },
    options,
  )
