/** What every part of a scene works with while one shot is drawn. */
import type { Pack, Plate, PlateView } from '@fanreel/content-packs/schema'
import type { Shot } from '@fanreel/protocol'
import type { LoadedPack } from '../../pack.ts'
import type { Cast } from '../../vision/cast.ts'
import type { Bakes } from './bakes.ts'
import type { Camera } from './camera.ts'
import type { Compositor, Frame, Rgb } from './compositor/compositor.ts'

export type Stage = {
  readonly compositor: Compositor
  /** What was baked for this pack and size before. */
  readonly bakes: Bakes
  /** The picture being drawn, in linear light. */
  readonly frame: Frame
  readonly width: number
  readonly height: number
  readonly shot: Shot
  readonly seed: number
  readonly gentleness: number
  readonly cast: Cast
  readonly files: Pick<LoadedPack, 'resolve'>
  readonly atmosphere: Pack['atmosphere']
  /** Whether the film's title is set over this shot, in the lower half of the picture. */
  readonly titled: boolean
  readonly plate: Plate
  readonly view: PlateView
  readonly camera: Camera
  readonly accent: Rgb
  readonly accent2: Rgb
}

/** One moment of a shot. */
export type Moment = {
  /** Picture of the shot, from 0. */
  index: number
  /** How far through the shot, 0..1; stays at 1 in the tail of a transition. */
  t: number
  seconds: number
}

/** A scene draws one picture of its shot into the stage's frame. */
export type Scene = (moment: Moment) => void
