/** Camera and microphone on trial: the live picture, what the camera really gives, and the level meter. */
'use client'
import { useCallback, useRef, useState } from 'react'
import type { CameraFault } from '../../../lib/flow/flow-types.ts'
import { LevelMeter } from '../level-meter.tsx'
import { useCamera } from '../use-camera.ts'

const settingsOf = (stream: MediaStream): string => {
  const [picture] = stream.getVideoTracks()
  const [sound] = stream.getAudioTracks()
  const { width, height, frameRate } = picture?.getSettings() ?? {}
  const name = picture?.label || 'camera'
  return `${name}: ${width} x ${height}, ${Math.round(frameRate ?? 0)} a second; ${sound ? sound.label || 'microphone' : 'no microphone'}`
}

type Note = (fault: CameraFault | undefined) => void

export const CameraTrial = ({ onFault, onSound }: { onFault: Note; onSound: Note }) => {
  const video = useRef<HTMLVideoElement>(null)
  const [wanted, setWanted] = useState(false)
  const [heard, setHeard] = useState(false)
  const hear = useCallback(() => setHeard(true), [])
  const fail = useCallback(
    (fault: CameraFault) => {
      onFault(fault)
      setWanted(false)
    },
    [onFault],
  )
  const stream = useCamera(wanted, video, fail, onSound)
  return (
    <section className="flex flex-col gap-4" aria-label="Camera and microphone">
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        className={`mirrored max-h-[40vh] w-full rounded-card bg-night object-contain ${wanted ? '' : 'hidden'}`}
        aria-label="Live picture"
        onPlaying={() => onFault(undefined)}
      />
      {stream && (
        <>
          <p className="text-body text-mist">{settingsOf(stream)}</p>
          <LevelMeter stream={stream} heard={stream.getAudioTracks().length > 0 ? heard : undefined} onHeard={hear} />
        </>
      )}
      <button type="button" className="button button-quiet text-lead!" onClick={() => setWanted(!wanted)}>
        {wanted ? 'Camera off' : 'Try camera and microphone'}
      </button>
    </section>
  )
}
