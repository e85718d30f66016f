/** A kiosk's box in words, from its agent's report: one line for the floor, and what an operator must do something about. Pure. */
import type { KioskHealth } from '@fanreel/protocol'

const GIGABYTE = 1e9
/** Below, clips that wait for the network soon have no room. */
const LITTLE_DISK_BYTES = 2 * GIGABYTE
const HOT_CELSIUS = 85
/** Below, Linux soon ends the browser, which is the largest program of a box. */
const LITTLE_MEMORY_BYTES = 0.3 * GIGABYTE
/** Beyond, pieces of a clip wait for one another's answers, and an operator's word comes late. */
const SLOW_NETWORK_MS = 1_500
/** Beyond, waits and expiry dates told on the box are wrong. */
const WRONG_CLOCK_MS = 30_000

const CAMERA_WORDS: Record<KioskHealth['camera'], string> = {
  seen: 'camera gives a picture',
  'in-use': 'camera in use',
  missing: 'no camera',
  silent: 'camera gives no picture',
  unknown: 'camera not looked at',
}

const seconds = (ms: number): string => `${ms > 0 ? '+' : '−'}${(Math.abs(ms) / 1_000).toFixed(1)} s`

/** What the floor says of a box: `version 0.1.0 · 41.2 GB free · 1.9 GB memory · 62 °C · camera in use · browser running, restarted 2×`. */
export const boxWords = ({ version, disk, memory, celsius, camera, browser, skewMs, roundTripMs }: KioskHealth): string =>
  [
    `version ${version}`,
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
  id: 'box-camera' | 'box-browser' | 'box-disk' | 'box-memory' | 'box-hot' | 'box-clock' | 'box-network'
  grave: boolean
  what: string
  todo: string
}

/** What is wrong with a box, the gravest first. `what` goes on from the kiosk's name. */
export const boxTroubles = ({ disk, memory, celsius, camera, browser, skewMs, roundTripMs }: KioskHealth): BoxTrouble[] => [
  ...(camera === 'missing'
    ? [{ id: 'box-camera', grave: true, what: 'has lost its camera', todo: 'Look at its cable and power.' } as const]
    : []),
  ...(camera === 'silent'
    ? [
        {
          id: 'box-camera',
          grave: true,
          what: 'has a camera that gives no picture',
          todo: 'Pull its cable and put it in again. If it stays so, restart the box, then try another camera.',
        } as const,
      ]
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
  ...(memory.freeBytes < LITTLE_MEMORY_BYTES
    ? [
        {
          id: 'box-memory',
          grave: false,
          what: 'has little memory left',
          todo: 'End what else runs on the box, or restart its browser in its own settings.',
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
  ...(roundTripMs !== undefined && roundTripMs > SLOW_NETWORK_MS
    ? [
        {
          id: 'box-network',
          grave: false,
          what: `waits ${seconds(roundTripMs).slice(1)} for each answer of ours`,
          todo: 'Look at its network: a cable serves it better than the visitors’ Wi-Fi.',
        } as const,
      ]
    : []),
]
