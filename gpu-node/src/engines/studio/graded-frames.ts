/**
 * The frames of a performance that were graded last. A slowed shot mixes the same two neighbours for several pictures in
 * a row; grading is most of the work, mixing next to none.
 */

export type GradedFrames<Room> = {
  /** The frame of that index, graded now or earlier. Valid until as many other frames were asked for as are kept. */
  at(index: number): Room
  /** Grades anew from now on: the light has changed. */
  forget(): void
}

/** Keeps as many frames as there are `rooms`; `grade` fills one of them. */
export const createGradedFrames = <Room>(
  rooms: readonly Room[],
  grade: (index: number, into: Room) => void,
): GradedFrames<Room> => {
  /** Least recently used first. */
  let kept = rooms.map((room): { index?: number; room: Room } => ({ room }))
  return {
    at: (index) => {
      const found = kept.find((one) => one.index === index) ?? kept[0]
      if (!found) throw new Error('no room to grade into')
      if (found.index !== index) grade(index, found.room)
      kept = [...kept.filter((one) => one !== found), { index, room: found.room }]
      return found.room
    },
    forget: () => {
      kept = kept.map(({ room }) => ({ room }))
    },
  }
}
