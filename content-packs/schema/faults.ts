/**
 * What makes a pack useless though it parses: a name that leads nowhere, a view of nothing, a story of too few different
 * shots. Asked wherever a pack is published or used; the stricter rules for those who make packs are in `tools/`.
 */
import type { Pack, StorySlot } from './index.ts'

/** Where and what is wrong, for whoever mends the pack. */
export type PackFault = {
  code:
    | 'duplicate-id'
    | 'unknown-plate'
    | 'unknown-view'
    | 'crop-outside'
    | 'crop-empty'
    | 'layer-outside'
    | 'layer-order'
    | 'too-few-shots'
    | 'framings'
  detail: string
}

/** The fewest shots and framings of a film, from the product's definition of one. */
const LEAST_SHOTS = 5
const LEAST_FRAMINGS = 3
/** A view of less of its plate than this is a blot, however good the plate. */
const LEAST_CROP = 0.1

type Rectangle = Pack['views'][number]['crop']

export const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
]

const rectangleFaults = (what: string, { x, y, width, height }: Rectangle, least: number): PackFault[] => {
  if (width <= least || height <= least) return [{ code: 'crop-empty', detail: `${what} shows next to nothing` }]
  const inside = x + width <= 1.0001 && y + height <= 1.0001
  return inside ? [] : [{ code: 'crop-outside', detail: `${what} leaves its plate` }]
}

const viewFaults = (pack: Pack): PackFault[] => {
  const plates = new Set(pack.plates.map((plate) => plate.id))
  return pack.views.flatMap((view): PackFault[] => [
    ...(plates.has(view.plate) ? [] : [{ code: 'unknown-plate', detail: `view ${view.id} names plate ${view.plate}` } as const]),
    ...rectangleFaults(`crop of view ${view.id}`, view.crop, LEAST_CROP),
    ...(view.screen ? rectangleFaults(`screen of view ${view.id}`, view.screen, LEAST_CROP) : []),
  ])
}

/** A layer that never reaches its plate, and layers that would be drawn in another order than they stand. */
const layerFaults = (pack: Pack): PackFault[] =>
  pack.plates.flatMap((plate): PackFault[] => [
    ...repeated(plate.layers.map((layer) => layer.id)).map(
      (id): PackFault => ({ code: 'duplicate-id', detail: `plate ${plate.id} has layer ${id} twice` }),
    ),
    ...plate.layers
      .filter(({ at }) => at.x >= 1 || at.y >= 1 || at.x + at.width <= 0 || at.y + at.height <= 0)
      .map(({ id }): PackFault => ({ code: 'layer-outside', detail: `layer ${id} lies outside plate ${plate.id}` })),
    ...plate.layers
      .filter((layer, index) => layer.depth < (plate.layers[index - 1]?.depth ?? 0))
      .map(
        ({ id }): PackFault => ({
          code: 'layer-order',
          detail: `layer ${id} of plate ${plate.id} is farther than the one before`,
        }),
      ),
  ])

/** Slots with a view, camera path and treatment of their own, which is what a film has; of two that share one the later is lost (F1). */
export const distinctSlots = (story: readonly StorySlot[]): StorySlot[] => {
  const used = new Set<string>()
  return story.filter((slot) => {
    const marks = [`view ${slot.view}`, `camera ${slot.camera}`, `treatment ${slot.treatment}`]
    if (marks.some((mark) => used.has(mark))) return false
    for (const mark of marks) used.add(mark)
    return true
  })
}

const storyFaults = (pack: Pack): PackFault[] => {
  const views = new Set(pack.views.map((view) => view.id))
  const slots = distinctSlots(pack.story)
  const framings = new Set(slots.map((slot) => slot.framing)).size
  return [
    ...pack.story
      .filter((slot) => !views.has(slot.view))
      .map((slot): PackFault => ({ code: 'unknown-view', detail: `shot ${slot.id} names view ${slot.view}` })),
    ...(slots.length < LEAST_SHOTS
      ? [{ code: 'too-few-shots', detail: `${slots.length} shots differ in view, camera and treatment` } as const]
      : []),
    ...(framings < LEAST_FRAMINGS ? [{ code: 'framings', detail: `fewer than ${LEAST_FRAMINGS} framings` } as const] : []),
  ]
}

/** Everything for which no film can be made of `pack`; its files are not looked at. */
export const packFaults = (pack: Pack): PackFault[] => [
  ...(['plates', 'views', 'story'] as const).flatMap((list) =>
    repeated(pack[list].map((item) => item.id)).map(
      (id): PackFault => ({ code: 'duplicate-id', detail: `${list} has ${id} twice` }),
    ),
  ),
  ...layerFaults(pack),
  ...viewFaults(pack),
  ...storyFaults(pack),
]
