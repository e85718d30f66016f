/** Every kiosk: whether it is there, what it holds, what is wrong with it, and the two ways of closing it. */
'use client'
import type { Floor, KioskClosure, KioskRow, KioskTrouble } from '@fanreel/protocol'
import { boxWords } from '../../lib/operator/box-words.ts'
import { ago } from '../../lib/operator/telling-time.ts'
import { Empty, Panel } from './floor-panels.tsx'
import { StateBadge } from './state-badge.tsx'

type Close = (kioskId: string, closed: KioskClosure | undefined) => void

const TROUBLES: Record<KioskTrouble, string> = {
  camera: 'no camera',
  disk: 'no room',
  shut: 'shut on the spot',
  microphone: 'no sound',
}

/** What the floor says of a kiosk: a door that operators closed before everything that it could say itself. */
const stateOf = ({ online, closed, trouble }: KioskRow) =>
  !online ? 'offline' : (closed ?? (trouble ? TROUBLES[trouble] : 'online'))

const Doors = ({ row, onClose }: { row: KioskRow; onClose: Close }) => {
  const { kioskId, closed } = row
  if (closed)
    return (
      <button
        type="button"
        className="plain plain-strong"
        onClick={() => onClose(kioskId, undefined)}
        aria-label={`Open ${kioskId}`}
      >
        Open
      </button>
    )
  return (
    <span className="flex justify-end gap-2">
      <button type="button" className="plain" onClick={() => onClose(kioskId, 'paused')} aria-label={`Pause ${kioskId}`}>
        Pause
      </button>
      <button
        type="button"
        className="plain"
        onClick={() => onClose(kioskId, 'out-of-order')}
        aria-label={`Put ${kioskId} out of order`}
      >
        Out of order
      </button>
    </span>
  )
}

export const KioskPanel = ({ floor, onClose }: { floor: Floor; onClose: Close }) => (
  <Panel title="Kiosks">
    {floor.kiosks.length === 0 ? (
      <Empty>No kiosk has said hello yet. Issue a token with `issue-token --kind kiosk` and start its screens with it.</Empty>
    ) : (
      <ul className="divide-y divide-line">
        {floor.kiosks.map((row) => (
          <li key={row.kioskId} className="flex flex-col gap-2 px-4 py-3">
            <div className="flex items-center justify-between gap-3">
              <span className="font-semibold">{row.kioskId}</span>
              <span className="text-[13px] text-mist tabular-nums">
                {row.holding} {row.holding === 1 ? 'clip' : 'clips'} held ·{' '}
                {row.online ? 'seen now' : `seen ${ago(row.lastSeenAt, floor.at)}`}
              </span>
              <StateBadge state={stateOf(row)} />
            </div>
            {row.health && <span className="text-[13px] text-mist tabular-nums">{boxWords(row.health)}</span>}
            <Doors row={row} onClose={onClose} />
          </li>
        ))}
      </ul>
    )}
  </Panel>
)
