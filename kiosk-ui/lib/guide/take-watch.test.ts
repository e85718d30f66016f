/** A take is called unfit by the node's own rules, and never on little evidence. */
import type { ClipCode } from '@fanreel/protocol'
import { expect, it } from 'vitest'
import type { Look } from './look.ts'
import { createTakeWatch, TAKE_LOOK_MS } from './take-watch.ts'

const TAKE_MS = 7_000
const LOOKS = Math.floor(TAKE_MS / TAKE_LOOK_MS)
const face = { score: 0.9, certain: true, luma: 130, sharpness: 80 }
const box = { x: 300, y: 300, width: 240, height: 290 }
const look = (faces: Look['faces'], luma = 110): Look => ({ width: 810, height: 1080, faces, luma })
const GOOD = look([{ ...face, box }])
const EMPTY = look([])
const AT_THE_BORDER = look([{ ...face, box: { ...box, y: -120 } }])

const judged = (...looks: readonly [Look, number][]) => {
  const watch = createTakeWatch(TAKE_MS)
  for (const [one, times] of looks) for (let time = 0; time < times; time++) watch.see(one)
  return watch.unfit()
}

it.each<[string, ClipCode | undefined, [Look, number][]]>([
  ['a take as it should be', undefined, [[GOOD, LOOKS]]],
  [
    'a face that leaves the picture most of the time',
    'clip-face-cut-off',
    [
      [GOOD, 5],
      [AT_THE_BORDER, LOOKS - 5],
    ],
  ],
  [
    'a face that leaves it for a moment',
    undefined,
    [
      [GOOD, LOOKS - 5],
      [AT_THE_BORDER, 5],
    ],
  ],
  ['an empty room', 'clip-no-person', [[EMPTY, LOOKS]]],
  [
    'somebody who came for a moment',
    'clip-no-person',
    [
      [GOOD, 2],
      [EMPTY, LOOKS - 2],
    ],
  ],
  [
    'somebody who went before the end',
    undefined,
    [
      [GOOD, 6],
      [EMPTY, LOOKS - 6],
    ],
  ],
  ['a room without light', 'clip-too-dark', [[look([], 3), LOOKS]]],
  ['somebody far away', 'clip-face-small', [[look([{ ...face, box: { x: 400, y: 300, width: 30, height: 36 } }]), LOOKS]]],
  ['a blurred face', 'clip-out-of-focus', [[look([{ ...face, box, sharpness: 2 }]), LOOKS]]],
  [
    'two people, which the node advises against and takes',
    undefined,
    [[look([GOOD, AT_THE_BORDER].flatMap(({ faces }) => faces)), LOOKS]],
  ],
  ['too few looks to say', undefined, [[EMPTY, 5]]],
  ['no look at all', undefined, []],
])('%s: %s', (_, code, looks) => expect(judged(...looks)).toBe(code))
