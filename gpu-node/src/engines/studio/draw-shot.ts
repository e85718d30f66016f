/** Draws one shot, picture by picture, on the thread that calls it. */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Shot, ShotList } from '@fanreel/protocol'
import { seedFor } from '../../director/random.ts'
import type { LoadedPack } from '../../pack.ts'
import type { Cast } from '../../vision/cast.ts'
import { type Actor, createActor } from './actor.ts'
import type { Bakes } from './bakes.ts'
import { createCamera } from './camera.ts'
import type { Compositor } from './compositor/compositor.ts'
import { createDeveloper, DEVELOPMENT, type Development } from './develop.ts'
import { linearOf } from './light.ts'
import type { Scene, Stage } from './stage.ts'
import { boards } from './treatments/boards.ts'
import { closeUp } from './treatments/close-up.ts'
import { echo } from './treatments/echo.ts'
import { ice } from './treatments/ice.ts'
import { interview } from './treatments/interview.ts'
import { screen } from './treatments/screen.ts'
import { silhouette } from './treatments/silhouette.ts'

type Treatment = Shot['treatment']

const SCENES: Record<Treatment, (stage: Stage, actor: Actor) => Promise<Scene>> = {
  boards,
  'close-up': closeUp,
  screen,
  interview,
  silhouette,
  echo,
  ice,
}

const DEVELOPMENTS: Partial<Record<Treatment, Partial<Development>>> = {
  silhouette: { bloom: 0.75, vignette: 0.6 },
  'close-up': { vignette: 0.42 },
  screen: { bloom: 0.6, vignette: 0.55 },
}

export type DrawTask = {
  shot: Shot
  size: Pick<ShotList, 'width' | 'height' | 'seed' | 'packHash'>
  cast: Cast
  pack: LoadedPack['pack']
  /** Absolute folder of the pack. */
  resolve(file: string): string
  tail: number
  gentleness: number
  /** How many times as near the camera stands. */
  nearer: number
  /** Layers of earlier films. */
  bakes: Bakes
  /** File that receives the pictures. */
  path: string
  /** Called after each picture; answers whether to go on. */
  onPicture(drawn: number): boolean | Promise<boolean>
}

/** Draws a shot into its file. Answers how many pictures it holds; fewer than asked where `onPicture` said no. */
export const drawShot = async (compositor: Compositor, task: DrawTask): Promise<number> => {
  const { shot, pack, size } = task
  const view = pack.views.find((one) => one.id === shot.plateView)
  const plate = pack.plates.find((one) => one.id === view?.plate)
  const slot = pack.story.find((one) => one.id === shot.slot)
  if (!view || !plate) throw new Error(`the pack has no view ${shot.plateView}`)
  const mark = compositor.mark()
  const look = { ...DEVELOPMENT, ...DEVELOPMENTS[shot.treatment] }
  const develop = createDeveloper(compositor, size.width, size.height, look)
  const place = `${size.packHash} ${size.width}x${size.height} `
  const seed = seedFor(size.seed, shot.slot)
  const stage: Stage = {
    compositor,
    bakes: { get: (key) => task.bakes.get(place + key), set: (key, baked) => task.bakes.set(place + key, baked) },
    frame: compositor.frame(size.width, size.height),
    width: size.width,
    height: size.height,
    shot,
    seed,
    gentleness: task.gentleness,
    cast: task.cast,
    files: task,
    atmosphere: { ...pack.atmosphere, ...slot?.atmosphere },
    titled: slot?.graphics.includes('title') ?? false,
    plate,
    view,
    camera: createCamera(shot.camera, seed, size.width, task.nearer),
    accent: linearOf(pack.palette.accent),
    accent2: linearOf(pack.palette.accent2),
  }
  const actor = createActor(stage)
  const out = openSync(task.path, 'w')
  try {
    const scene = await SCENES[shot.treatment](stage, actor)
    const total = shot.frames + task.tail
    for (let index = 0; index < total; index++) {
      scene({ index, t: Math.min(1, index / Math.max(1, shot.frames - 1)), seconds: index / 24 })
      writeSync(out, develop(stage.frame, shot.startFrame + index))
      if (!(await task.onPicture(index + 1))) return index + 1
    }
    return total
  } finally {
    closeSync(out)
    actor.close()
    compositor.release(mark)
  }
}
