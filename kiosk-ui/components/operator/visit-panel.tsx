/** Every visit, newest first, narrowed by state or by any part of its id. */
'use client'
import { type Floor, VISIT_STATES, VisitId } from '@fanreel/protocol'
import { useId, useState } from 'react'
import { ago, span } from '../../lib/operator/telling-time.ts'
import { Empty, Meter, Panel } from './floor-panels.tsx'
import { StateBadge } from './state-badge.tsx'

export const VisitPanel = ({ floor, onOpen }: { floor: Floor; onOpen: (visitId: string) => void }) => {
  const searchId = useId()
  const stateId = useId()
  const [sought, setSought] = useState('')
  const [state, setState] = useState('')
  const needle = sought.trim().toLowerCase()
  const shown = floor.visits.filter(
    (visit) => (!state || visit.state === state) && (!needle || visit.visitId.includes(needle) || visit.kioskId.includes(needle)),
  )
  const elsewhere = shown.length === 0 && VisitId.safeParse(needle).success
  return (
    <Panel
      title="Visits"
      aside={
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            const only = shown.length === 1 ? shown[0]?.visitId : undefined
            if (only ?? elsewhere) onOpen(only ?? needle)
          }}
        >
          <label htmlFor={stateId} className="sr-only">
            State
          </label>
          <select
            id={stateId}
            value={state}
            onChange={(event) => setState(event.target.value)}
            className="h-11 rounded-lg border border-line bg-deep px-3"
          >
            <option value="">all states</option>
            {VISIT_STATES.map((each) => (
              <option key={each} value={each}>
                {each} {floor.counts[each] ? `(${floor.counts[each]})` : ''}
              </option>
            ))}
          </select>
          <label htmlFor={searchId} className="sr-only">
            Find by visit id or kiosk
          </label>
          <input
            id={searchId}
            type="search"
            placeholder="Visit id or kiosk"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
            className="h-11 w-60 rounded-lg border border-line bg-deep px-3"
          />
        </form>
      }
    >
      {shown.length === 0 ? (
        <Empty>
          {floor.visits.length === 0
            ? 'Nobody has recorded yet. The first visit appears here the moment it starts.'
            : elsewhere
              ? 'Not among the newest. Press Enter to look it up.'
              : 'No visit fits. Try fewer letters, or another state.'}
        </Empty>
      ) : (
        <div className="overflow-x-auto">
          <table>
            <thead>
              <tr>
                <th>Visit</th>
                <th>State</th>
                <th>Where it stands</th>
                <th>Kiosk</th>
                <th>World</th>
                <th>Language</th>
                <th className="text-end">Changed</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(
                ({ visitId, state: now, code, place, waitMs, stage, fraction, kioskId, packId, language, changedAt }) => (
                  <tr key={visitId} className="hover:bg-ice/5">
                    <td>
                      <button
                        type="button"
                        className="-my-1.5 min-h-11 font-mono text-[13px] text-beam underline-offset-4 hover:underline"
                        onClick={() => onOpen(visitId)}
                        aria-label={`Open visit ${visitId}`}
                      >
                        …{visitId.slice(-12)}
                      </button>
                    </td>
                    <td>
                      <StateBadge state={now} />
                    </td>
                    <td className="min-w-44">
                      {now === 'rendering' ? (
                        <span className="grid grid-cols-[auto_1fr] items-center gap-3">
                          {stage ?? 'starting'}
                          <Meter fraction={fraction ?? 0} label={`progress of ${visitId}`} />
                        </span>
                      ) : now === 'queued' ? (
                        `place ${(place ?? 0) + 1}${waitMs === undefined ? '' : ` · ${span(waitMs)}`}`
                      ) : (
                        (code ?? '')
                      )}
                    </td>
                    <td>{kioskId}</td>
                    <td>{packId}</td>
                    <td>{language}</td>
                    <td className="text-end whitespace-nowrap text-mist">{ago(changedAt, floor.at)}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
