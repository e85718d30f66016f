/** What everybody is told as it changes: kiosks the event's status, operators the whole floor. */
import type { EventId, EventStatus, Floor } from '@fanreel/protocol'
import type { Logger } from 'pino'
import type { Settings } from '../event/event-settings.ts'
import type { Outlook } from '../visits/outlook.ts'
import { type Broadcast, createBroadcast } from './broadcast.ts'
import { eventStatusOf, newcomerTier } from './event-status.ts'
import { floorSameness, lookAtFloor } from './floor.ts'

/** Between two looks after hints, and without one, in milliseconds. */
const PACE = { leastMs: 1_000, mostMs: 5_000 }

export type Boards = {
  status: Broadcast<EventStatus>
  floor: Broadcast<Floor>
  /** Something may have changed that both show. */
  changed(): void
  stop(): void
}

export const createBoards = (
  options: Omit<Parameters<typeof lookAtFloor>[0], 'status'> & {
    eventId: EventId
    settings: Settings
    outlook: Outlook
    /** A wait that nobody new is asked for. */
    maxWaitMs: number
    log: Logger
  },
): Boards => {
  const { eventId, settings, outlook, maxWaitMs, log, ...shown } = options
  const lookAtStatus = async () => {
    const [current, rows] = await Promise.all([settings.read(), shown.nodes.list()])
    const newcomer = await outlook.newcomer(newcomerTier(current, rows) ?? 'cpu')
    return eventStatusOf({ eventId, settings: current, nodes: rows, newcomer, maxWaitMs })
  }
  const status = createBroadcast({ look: lookAtStatus, sameness: JSON.stringify, ...PACE, log })
  const lookAtAll = () => lookAtFloor({ ...shown, status: status.current })
  const floor = createBroadcast({ look: lookAtAll, sameness: floorSameness, ...PACE, log })
  return {
    status,
    floor,
    changed: () => {
      status.hint()
      floor.hint()
    },
    stop: () => {
      status.stop()
      floor.stop()
    },
  }
}
