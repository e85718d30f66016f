/** What a deletion has taken, by name: what a visitor is told afterwards (P7). It names nothing of the visitor's. */
export const ERASED_PARTS = ['film', 'recording', 'recording-before', 'frames', 'name', 'work', 'kiosk-copy'] as const
export type ErasedPart = (typeof ERASED_PARTS)[number]
