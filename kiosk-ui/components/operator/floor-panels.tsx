/** Nodes, kiosks and queues: a small table each, and what to do where one is empty. */
'use client'
import type { Floor } from '@fanreel/protocol'
import type { ReactNode } from 'react'
import { ago, span } from '../../lib/operator/telling-time.ts'
import { StateBadge } from './state-badge.tsx'

export const Panel = ({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) => (
  <section className="panel" aria-label={title}>
    <header className="flex min-h-11 items-center justify-between gap-4 px-4 pt-3">
      <h2 className="text-[16px] font-semibold">{title}</h2>
      {aside}
    </header>
    {children}
  </section>
)
export const Empty = ({ children }: { children: ReactNode }) => <p className="px-4 pt-1 pb-5 text-mist">{children}</p>

type NodePanelProps = { floor: Floor; onOpen: (visitId: string) => void; onReinstate: (nodeId: string) => void }

export const NodePanel = ({ floor, onOpen, onReinstate }: NodePanelProps) => (
  <Panel title="Nodes">
    {floor.nodes.length === 0 ? (
      <Empty>No node has registered yet. Issue a token with `issue-token --kind node` and start `gpu-node` with it.</Empty>
    ) : (
      <ul className="divide-y divide-line">
        {floor.nodes.map(({ nodeId, state, engines, slots, cloudSlots, running, done, failed, lastSeenAt, drained }) => (
          <li key={nodeId} className="flex flex-col gap-2 px-4 py-3">
            <div className="flex items-center justify-between gap-3">
              <span className="font-semibold">{nodeId}</span>
              <span className="text-[13px] text-mist">
                {engines.join(', ')} · {running.length}/{slots + cloudSlots} busy · {done} done
                {failed > 0 ? ` · ${failed} failed` : ''}
              </span>
              <StateBadge state={drained ? 'drained after faults' : state} />
            </div>
            {running.map(({ renderId, stage, fraction, beatAt }) => (
              <button
                key={renderId}
                type="button"
                className="-my-1.5 grid min-h-11 grid-cols-[auto_1fr_auto] items-center gap-3 rounded-md text-start hover:bg-ice/5"
                onClick={() => onOpen(renderId.replace(/-r\d+$/, ''))}
              >
                <span className="font-mono text-[13px] text-beam">{renderId.slice(-15)}</span>
                <Meter fraction={fraction} label={`${stage} of ${renderId}`} />
                <span className="text-[13px] tabular-nums">
                  {stage} {Math.round(fraction * 100)} % · {ago(beatAt, floor.at)}
                </span>
              </button>
            ))}
            {drained && (
              <div className="flex items-center justify-between gap-3">
                <span className="text-[13px] text-mist">
                  {ago(drained.at, floor.at)}, the last: {drained.code}
                </span>
                <button
                  type="button"
                  className="plain plain-strong"
                  onClick={() => onReinstate(nodeId)}
                  aria-label={`Let ${nodeId} work again`}
                >
                  Let it work again
                </button>
              </div>
            )}
            {state !== 'online' && <span className="text-[13px] text-mist">last seen {ago(lastSeenAt, floor.at)}</span>}
          </li>
        ))}
      </ul>
    )}
  </Panel>
)

export const Meter = ({ fraction, label }: { fraction: number; label: string }) => (
  <span
    className="block h-1.5 overflow-hidden rounded-full bg-ice/15"
    role="progressbar"
    aria-label={label}
    aria-valuenow={Math.round(fraction * 100)}
    aria-valuemin={0}
    aria-valuemax={100}
  >
    <span className="block h-full rounded-full bg-beam" style={{ width: `${fraction * 100}%` }} />
  </span>
)

export const QueuePanel = ({ floor }: { floor: Floor }) => (
  <Panel title="Queues">
    {floor.queues.length === 0 ? (
      <Empty>No queue yet: it appears with the first film.</Empty>
    ) : (
      <table>
        <thead>
          <tr>
            <th>Tier</th>
            <th className="text-end">Waiting</th>
            <th className="text-end">Active</th>
            <th className="text-end">Delayed</th>
            <th className="text-end">Failed</th>
            <th className="text-end">Oldest</th>
          </tr>
        </thead>
        <tbody>
          {floor.queues.map(({ tier, waiting, active, delayed, failed, oldestMs }) => (
            <tr key={tier}>
              <td className="font-semibold">{tier}</td>
              {[waiting, active, delayed, failed].map((count, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change places
                <td key={index} className={`text-end tabular-nums ${count === 0 ? 'text-mist' : ''}`}>
                  {count}
                </td>
              ))}
              <td className="text-end text-mist">{oldestMs === undefined ? '–' : span(oldestMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Panel>
)
