/** What stands behind the PIN: state at a glance, camera and sound to try, and what one may do here. */
'use client'
import type { ReactNode } from 'react'
import type { Opened } from '../../../lib/kiosk/admin-answers.ts'
import { useKiosk, useKioskState } from '../kiosk-context.tsx'
import { CameraTrial } from './camera-trial.tsx'
import { playTone } from './play-tone.ts'
import { Restart } from './restart.tsx'

const Row = ({ name, good, children }: { name: string; good?: boolean; children: ReactNode }) => (
  <div className="flex items-baseline justify-between gap-6 border-b border-line py-2 landscape:py-1">
    <dt className="text-body text-mist">{name}</dt>
    <dd className={`text-end text-body font-semibold ${good === undefined ? '' : good ? 'text-good' : 'text-gold'}`}>
      {children}
    </dd>
  </div>
)

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`

export const AdminPanel = ({ opened }: { opened: Opened }) => {
  const kiosk = useKiosk()
  const { settings } = kiosk
  const { connection, code, terms, worlds, waiting, room, cameraFault, soundFault, closedHere, admission } = useKioskState()
  return (
    <div className="grid gap-8 landscape:grid-cols-2">
      <dl>
        <Row name="Takes visitors" good={admission.open}>
          {admission.open ? 'yes' : `no: ${admission.reason}`}
        </Row>
        <Row name="Kiosk">{settings.kioskId}</Row>
        <Row name="Event">{terms?.eventName ?? settings.eventId}</Row>
        <Row name="Network" good={connection === 'online'}>
          {connection}
          {code ? ` (${code})` : ''}
        </Row>
        <Row name="Orchestrator">{settings.orchestratorUrl}</Row>
        <Row name="Worlds" good={worlds.length > 0}>
          {worlds.length} of {terms?.packs.length ?? 0}
        </Row>
        <Row name="Clips waiting" good={waiting === 0}>
          {waiting}
        </Row>
        <Row name="Room for clips">
          {room
            ? `${megabytes(room.grantedBytes - room.usedBytes)} free, ${megabytes(room.usedBytes)} used`
            : 'the browser does not say'}
        </Row>
        <Row name="Camera, last asked for" good={cameraFault === undefined}>
          {cameraFault ?? 'no fault'}
        </Row>
        <Row name="Microphone, last asked for" good={soundFault === undefined}>
          {soundFault ?? 'no fault'}
        </Row>
        <Row name="Agent">{opened.agent ? 'keeps this browser' : 'none'}</Row>
        <Row name="Version">{settings.version}</Row>
      </dl>
      <div className="flex flex-col gap-5">
        <div className="grid grid-cols-2 gap-4">
          <button
            type="button"
            className={`button px-3! text-lead! ${closedHere ? 'button-primary' : 'button-quiet'}`}
            onClick={() => kiosk.closeHere(!closedHere)}
          >
            {closedHere ? 'Open this kiosk' : 'Put out of order'}
          </button>
          <button type="button" className="button button-quiet px-3! text-lead!" onClick={playTone}>
            Play a tone
          </button>
          <Restart opened={opened} />
        </div>
        <CameraTrial onFault={kiosk.noteCamera} onSound={kiosk.noteSound} />
      </div>
    </div>
  )
}
