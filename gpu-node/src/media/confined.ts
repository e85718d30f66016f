/** What a media child may do, whichever walls stand round it. */

/** A program to run, and all it may touch. */
export type Confined = {
  program: string
  arguments: readonly string[]
  /** Absolute paths of files it may read. */
  readable: readonly string[]
  /** Absolute paths of folders it may write into. */
  writable: readonly string[]
  /** Processor time it may use, in seconds; by default the largest that is allowed. */
  cpuSeconds?: number
  /** How far it stands back for others; by default as far as all do that read strangers' files. */
  niceness?: number
}
