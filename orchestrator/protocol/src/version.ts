/**
 * The wire's version. A peer says it in its hello, before anything else; any other number is refused with
 * `protocol-version` and the number this side speaks. Raise it when a message changes in a way an older peer cannot read.
 */
export const PROTOCOL_VERSION = 1

/** Largest frame a socket takes. One upload piece (256 KiB) and its header fit well; anything larger is cut off. */
export const MAX_FRAME_BYTES = 1_000_000
