/**
 * A media program that did not end by itself: the machine could not start it, or something killed it. Says nothing about
 * the file it was to read, and must never be told to a visitor as if it did.
 */

/**
 * `not-started`: the program or its sandbox is missing or broken here. `killed`: by a signal, as when memory ran out.
 * `timed-out`: by our own clock. `cpu-spent`: it has used up its processor time, which no busy machine explains.
 */
export type ToolFaultKind = 'not-started' | 'killed' | 'timed-out' | 'cpu-spent'

export class ToolFault extends Error {
  readonly kind: ToolFaultKind
  constructor(kind: ToolFaultKind, detail: string) {
    super(`${kind}: ${detail.slice(0, 400)}`)
    this.name = 'ToolFault'
    this.kind = kind
  }
}
