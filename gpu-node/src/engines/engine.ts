/**
 * What an engine is: something that draws a shot. The studio draws on this machine; others ask a model elsewhere. All
 * answer a file of pictures, so that assembly, verify and a fallback to another engine need not know who drew.
 */
import type { EngineName, Shot, ShotList } from '@fanreel/protocol'
import type { LoadedPack } from '../pack.ts'
import type { Cast } from '../vision/cast.ts'

export type EngineCapabilities = {
  name: EngineName
  /** Treatments it can draw; a shot of another treatment goes to the next engine. */
  treatments: readonly Shot['treatment'][]
  /** Shots it works on at once. */
  parallel: number
  /** Whether the visitor's clip leaves this machine: asks for the consent to it. */
  remote: boolean
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
  signal: AbortSignal
  /** How many of the shot's pictures are in the file by now. */
  onProgress?: (drawn: number) => void
}

/** A drawn shot: raw planar yuv420p (BT.709, limited range) pictures of the list's size, one after another. */
export type DrawnShot = { path: string; frames: number; engine: EngineName }

export type EngineHealth = { ok: true } | { ok: false; reason: string }

export type Engine = {
  readonly capabilities: EngineCapabilities
  /** Makes ready what takes time (compiling, loading, connecting). May be called again at no cost. */
  warmUp(signal: AbortSignal): Promise<void>
  /** Draws one shot. Throws the signal's reason on abort, anything else where it cannot. */
  drawShot(request: ShotRequest): Promise<DrawnShot>
  health(): Promise<EngineHealth>
  close(): Promise<void>
}
