/** The few pictures the screens need, drawn in the text's colour. `aria-hidden`: words stand beside each. */
const PATHS = {
  back: 'M15 5l-7 7 7 7',
  globe: 'M12 3a9 9 0 100 18 9 9 0 000-18zM3.5 12h17M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  again: 'M20 12a8 8 0 11-2.6-5.9M20 3v4.5h-4.5',
  play: 'M8 5.5v13l10.5-6.5z',
  erase: 'M9 6h11v12H9l-6-6zM12.5 9.5l5 5M17.5 9.5l-5 5',
  shift: 'M12 4l8 9h-4.5v6h-7v-6H4z',
  phone: 'M8 3h8a1.5 1.5 0 011.5 1.5v15A1.5 1.5 0 0116 21H8a1.5 1.5 0 01-1.5-1.5v-15A1.5 1.5 0 018 3zM11 18h2',
  microphone: 'M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM5.5 11a6.5 6.5 0 0013 0M12 17.5V21',
  light:
    'M12 7a5 5 0 100 10 5 5 0 000-10zM12 1.5v2M12 20.5v2M1.5 12h2M20.5 12h2M4.5 4.5L6 6M18 18l1.5 1.5M4.5 19.5L6 18M18 6l1.5-1.5',
  camera: 'M3 7.5h4L9 5h6l2 2.5h4v11.5H3zM12 9.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7z',
  search: 'M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20.5 20.5',
  bin: 'M5 7h14M10 4h4M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5',
  pages: 'M8.5 8.5H20V20H8.5zM15.5 8.5V4H4v11.5h4.5',
  code: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM18 18h2.5v2.5H18z',
  pause: 'M8 5v14M16 5v14',
  hourglass: 'M6 3h12M6 21h12M7.5 3c0 5 9 6 9 9s-9 4-9 9M16.5 3c0 5-9 6-9 9s9 4 9 9',
  tool: 'M14.5 6.5a4.5 4.5 0 015.6-4.3l-2.9 2.9 1.7 1.7 2.9-2.9a4.5 4.5 0 01-5.8 5.5L7.2 18.2a2 2 0 01-2.9-2.9l8.8-8.8z',
  person: 'M12 4a3.6 3.6 0 110 7.2A3.6 3.6 0 0112 4zM5 20.5c.6-4 3.4-6.3 7-6.3s6.4 2.3 7 6.3',
  left: 'M20 12H4M11 5l-7 7 7 7',
  right: 'M4 12h16M13 5l7 7-7 7',
  up: 'M12 20V4M5 11l7-7 7 7',
  down: 'M12 4v16M5 13l7 7 7-7',
  closer: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M12 8.5v7M8.5 12h7',
  'back-off': 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5',
  ease: 'M12 2.5a9.5 9.5 0 100 19 9.5 9.5 0 000-19zM12 6.4a.6.6 0 100 1.2.6.6 0 000-1.2zM7 9.8c3.2 1 6.8 1 10 0M12 10.5v4M12 14.5l-2.4 4M12 14.5l2.4 4',
  lower: 'M4 20h16M12 3v12M6.5 10l5.5 5.5 5.5-5.5',
  letters: 'M2.5 19L8.5 4l6 15M4.6 14h7.8M15.5 19l3-8 3 8M16.5 16.5h4',
  contrast: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 3v18M12 6.5h6.5M12 10h8.5M12 14h8.5M12 17.5h6.5',
  speaker: 'M3.5 9.5v5h3.5l5 4.5V5L7 9.5zM15.5 9a4.5 4.5 0 010 6M18.5 6a9 9 0 010 12',
} as const
export type IconName = keyof typeof PATHS

export const Icon = ({ name, className = 'size-[1.2em]' }: { name: IconName; className?: string }) => (
  <svg
    viewBox="0 0 24 24"
    className={className}
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
)
