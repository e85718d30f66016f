/** A state as a word with a colour: never the colour alone. */
const TONES: Record<string, string> = {
  ready: 'text-good border-good/40',
  online: 'text-good border-good/40',
  open: 'text-good border-good/40',
  rendering: 'text-beam border-beam/40',
  queued: 'text-beam border-beam/40',
  uploading: 'text-beam border-beam/40',
  held: 'text-gold border-gold/50',
  draining: 'text-gold border-gold/50',
  'drained after faults': 'text-[#ff8b98] border-rec/60',
  paused: 'text-gold border-gold/50',
  'out-of-order': 'text-gold border-gold/50',
  'shut on the spot': 'text-gold border-gold/50',
  'no camera': 'text-[#ff8b98] border-rec/60',
  'no sound': 'text-gold border-gold/50',
  'no room': 'text-[#ff8b98] border-rec/60',
  failed: 'text-[#ff8b98] border-rec/60',
  offline: 'text-[#ff8b98] border-rec/60',
  closed: 'text-[#ff8b98] border-rec/60',
}

export const StateBadge = ({ state }: { state: string }) => (
  <span
    className={`inline-block rounded-full border px-2.5 py-0.5 text-[13px] font-semibold whitespace-nowrap ${TONES[state] ?? 'border-line text-mist'}`}
  >
    {state}
  </span>
)
