/** Whether a run has left its mark on the orchestrator's memory. */

/** What code that is compiled late, metrics and films of honest visits may add, in bytes: less than 50 bytes a message of a long run. */
const SLACK_BYTES = 5 * 1_048_576

export const isFlat = ({ heapStart, heapEnd }: { heapStart: number; heapEnd: number }): boolean =>
  heapEnd - heapStart <= SLACK_BYTES
