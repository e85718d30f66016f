/** The plain variant of a shot that failed twice: the face large and as filmed, whatever the story had in mind (F16). */
import { type Pack, PLAIN_TREATMENTS, type StorySlot } from '@fanreel/content-packs/schema'
import type { Shot, ShotList } from '@fanreel/protocol'

/** What a slot is drawn as: its own wish, or else the first slot of the story that is plain already. */
const plainOf = (pack: Pack, slot: StorySlot | undefined): Pick<StorySlot, 'treatment' | 'view' | 'framing'> | undefined => {
  const views = new Set(pack.views.map((view) => view.id))
  if (slot?.plain && views.has(slot.plain.view)) return { ...slot, ...slot.plain }
  const stories = PLAIN_TREATMENTS.map((treatment) => pack.story.find((one) => one.treatment === treatment))
  return stories.find((one) => one !== undefined && one.id !== slot?.id)
}

/**
 * The list with these shots in their plain variant. A shot keeps its seconds, its place and its transition; it may repeat
 * another's view and treatment, which is better than no film.
 */
export const plainVariant = (pack: Pack, shotList: ShotList, shots: ReadonlySet<string>): ShotList => ({
  ...shotList,
  shots: shotList.shots.map((shot): Shot => {
    if (!shots.has(shot.id)) return shot
    const plain = plainOf(
      pack,
      pack.story.find((slot) => slot.id === shot.slot),
    )
    if (!plain) return shot
    const { treatment, view, framing } = plain
    return { ...shot, treatment, plateView: view, framing, reason: `drawn plainly; ${shot.reason}`.slice(0, 200) }
  }),
})
