/** A kiosk's box in words, from its agent's report: one line for the floor, and what an operator must do something about. Pure. */
import type { KioskHealth } from '@fanreel/protocol'

const GIGABYTE = 1e9
/** Below, clips that wait for the network soon have no room. */
const LITTLE_DISK_BYTES = 2 * GIGABYTE
const HOT_CELSIUS = 85
/** Beyond, waits and expiry dates told on the box are wrong. */
const WRONG_CLOCK_MS = 30_000

const CAMERA_WORDS: Record<KioskHealth['camera'], string> = {
  seen: 'camera gives a picture',
  'in-use': 'camera in use',
  missing: 'no camera',
  unknown: 'camera not looked at',
}

const seconds = (ms: number): string => `${ms > 0 ? '+' : '−'}${(Math.abs(ms) / 1_000).toFixed(1)} s`

/** What the floor says of a box: `41.2 GB free · 1.9 GB memory · 62 °C · camera in use · browser running, restarted 2×`. */
export const boxWords = ({ disk, memory, celsius, camera, browser, skewMs, roundTripMs }: KioskHealth): string =>
  [
    `${(disk.freeBytes / GIGABYTE).toFixed(1)} GB free`,
    `${(memory.freeBytes / GIGABYTE).toFixed(1)} GB memory`,
    celsius !== undefined && `${Math.round(celsius)} °C`,
    CAMERA_WORDS[camera],
    browser.state === 'unwatched' ? 'browser not watched' : `browser ${browser.state}`,
    browser.restarts > 0 && `restarted ${browser.restarts}×`,
    skewMs !== undefined && Math.abs(skewMs) > 1_000 && `clock ${seconds(skewMs)}`,
    roundTripMs !== undefined && `${roundTripMs} ms to us`,
  ]
    .filter((part) => part !== false)
    .join(' · ')

export type BoxTrouble = {
  id: 'box-camera' | 'box-browser' | 'box-disk' | 'box-hot' | 'box-clock'
  grave: boolean
  what: string
  todo: string
}

/** What is wrong with a box, the gravest first. `what` goes on from the kiosk's name. */
export const boxTroubles = ({ disk, celsius, camera, browser, skewMs }: KioskHealth): BoxTrouble[] => [
  ...(camera === 'missing'
    ? [{ id: 'box-camera', grave: true, what: 'has lost its camera', todo: 'Look at its cable and power.' } as const]
    : []),
  ...(browser.state === 'frozen' || browser.state === 'down'
    ? [
        {
          id: 'box-browser',
          grave: true,
          what: 'has no screen',
          todo: 'Its agent starts the browser again by itself. If it stays so, restart the box.',
        } as const,
      ]
    : []),
  ...(disk.freeBytes < LITTLE_DISK_BYTES
    ? [
        {
          id: 'box-disk',
          grave: false,
          what: 'has little room on its disk',
          todo: 'Make room before its network fails.',
        } as const,
      ]
    : []),
  ...(celsius !== undefined && celsius > HOT_CELSIUS
    ? [{ id: 'box-hot', grave: false, what: `is ${Math.round(celsius)} °C hot`, todo: 'Give the box air.' } as const]
    : []),
  ...(skewMs !== undefined && Math.abs(skewMs) > WRONG_CLOCK_MS
    ? [
        {
          id: 'box-clock',
          grave: false,
          what: `has a clock that is ${seconds(skewMs)} off`,
          todo: 'On the box: timedatectl set-ntp true.',
        } as const,
      ]
    : []),
]
