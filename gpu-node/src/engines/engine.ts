/**
 * What an engine is: something that draws a shot. The studio draws on this machine, many shots side by side in one pipeline;
 * others ask a model elsewhere and answer with a finished clip of their own size, length and rate, which the assembly makes
 * fit (`assembly/conform`). Whoever calls sees one interface, and one suite says what it holds to (D1).
 */
import type { EngineName, Shot, ShotList } from '@fanreel/protocol'
import type { LoadedPack } from '../pack.ts'
import type { Cast } from '../vision/cast.ts'
import type { PaidWork } from './paid-work.ts'

export type Treatment = Shot['treatment']

/** What an engine can do and what it costs, as data: a ladder decides by it, nobody asks for a class. */
export type EngineCapabilities = {
  name: EngineName
  /** Treatments it can draw; a shot of another treatment goes to the next engine. */
  treatments: readonly Treatment[]
  /** Shots it works on at once. */
  parallel: number
  /**
   * Where pictures of the visitor go: nowhere, to a machine of the event's own, or to a cloud, which asks for the consent
   * that names it.
   */
  place: 'here' | 'venue' | 'cloud'
  /** What of the visitor it draws from. */
  reference: { image: boolean; video: boolean; voice: boolean }
  /** Whether the visitor's own movement is kept, mouth included: only such a shot can carry the spoken line in sync. */
  performance: 'as-filmed' | 'invented'
  /** Whether its clips bring sound of their own, which is left out of the film: its sound is mixed here (decision 0011). */
  sound: 'none' | 'own'
  /** Sizes of its pictures, widths by heights; nothing where it draws any size that is asked for. */
  sizes?: readonly { width: number; height: number }[]
  /** How long a shot may be, in pictures of the film (24 a second). */
  frames: { least: number; most: number }
  /** Pictures a second that it makes. */
  fps: number
  /** What a shot costs in cents, its seconds of film counted; 0 for a machine of one's own. */
  centsPerSecond: number
  /** What it costs besides, in cents, however short it is: its reference, and a second that is begun. */
  centsPerShot?: number
  /** How long a shot takes before anybody has measured it, in milliseconds. */
  expectedMs: number
  /** What an abort reaches: work that runs, work that still waits there, or nothing (it goes on unseen, and may be charged). */
  cancel: 'stops' | 'queued-only' | 'forgets'
}

/** How far a shot has come. */
export type ShotProgress = {
  /** Pictures of the film that are done by now, of `frames + tail`. */
  drawn: number
  /** A small JPEG of it, where the engine shows one. */
  preview?: Uint8Array
}

export type ShotRequest = {
  shot: Shot
  shotList: ShotList
  cast: Cast
  pack: LoadedPack
  /** Folder for the pictures and whatever else is needed on the way. */
  scratch: string
  /** Pictures after the shot's end, for a transition that overlaps; 0 without. */
  tail: number
  /** 0 draws as designed; 1 keeps the face as filmed as far as the treatment allows (used when a likeness was low). */
  gentleness: number
  /** How many times as near the studio's camera stands; 1 without it. */
  nearer?: number
  /** Which try this is, from 0: an engine that draws by chance takes another seed for each. */
  attempt?: number
  /** Before others that wait: somebody elsewhere waits for it. */
  urgent?: boolean
  /** Book and reference for an engine that is paid; it draws for nobody without. */
  paid?: PaidWork
  signal: AbortSignal
  onProgress?: (progress: ShotProgress) => void
}

/** A drawn shot: raw planar yuv420p (BT.709, limited range) pictures of the list's size, one after another. */
export type DrawnShot = { kind: 'pictures'; path: string; frames: number; engine: EngineName }

/** A finished clip as another program made it: a file that is not trusted, to be brought to the film's size, rate and look. */
export type ClipShot = {
  kind: 'clip'
  path: string
  engine: EngineName
  /** The studio's picture it was set in motion from, raw yuv420p of the list's size: its look is the clip's to take. */
  from?: Uint8Array
}

/** What an engine answers: pictures as the assembly reads them, or a clip that has to be made fit first. */
export type Take = DrawnShot | ClipShot

export type EngineHealth = { ok: true } | { ok: false; reason: string }

export type Engine = {
  readonly capabilities: EngineCapabilities
  /** Makes ready what takes time (compiling, loading, connecting). May be called again at no cost. */
  warmUp(signal: AbortSignal): Promise<void>
  /** Draws one shot. Throws the signal's reason on abort, anything else where it cannot; leaves no file behind then. */
  renderShot(request: ShotRequest): Promise<Take>
  health(): Promise<EngineHealth>
  close(): Promise<void>
}

/** An engine that always answers with pictures, as the studio does. */
export type PictureEngine = Omit<Engine, 'renderShot'> & { renderShot(request: ShotRequest): Promise<DrawnShot> }
