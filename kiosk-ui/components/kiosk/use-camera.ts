/** Camera and microphone for as long as the studio stands: opened on request, given back on every way out. */
'use client'
import { type RefObject, useEffect, useState } from 'react'
import { closeCamera, type OpenCamera, openCamera } from '../../lib/camera/open-camera.ts'
import { watchFrames } from '../../lib/camera/watch-frames.ts'
import type { CameraFault } from '../../lib/flow/flow-types.ts'

/**
 * @param wanted opens the camera when it becomes true; the stream stays until a fault or the end of the screen
 * @param video shows the stream; when its picture stands still, the camera counts as lost
 * @param onFault hears why there is no picture, also when it goes away later
 * @param onSound hears why there is no sound, or that there is; also when it goes away later
 */
export const useCamera = (
  wanted: boolean,
  video: RefObject<HTMLVideoElement | null>,
  onFault: (fault: CameraFault) => void,
  onSound: (fault: CameraFault | undefined) => void,
): MediaStream | undefined => {
  const [opened, setOpened] = useState<OpenCamera>()
  const stream = opened?.stream
  useEffect(() => {
    if (!wanted) return setOpened(undefined)
    let gone = false
    void openCamera().then((camera) => {
      if ('fault' in camera) {
        if (!gone) onFault(camera.fault)
      } else if (gone) closeCamera(camera.stream)
      else setOpened(camera)
    })
    return () => {
      gone = true
    }
  }, [wanted, onFault])
  useEffect(() => {
    if (!stream) return
    const picture = stream.getVideoTracks()[0]
    const lose = () => {
      setOpened(undefined)
      onFault('lost')
    }
    const screen = video.current
    if (screen) screen.srcObject = stream
    picture?.addEventListener('ended', lose)
    const stopWatch = screen ? watchFrames(screen, lose) : undefined
    return () => {
      stopWatch?.()
      picture?.removeEventListener('ended', lose)
      if (screen) screen.srcObject = null
      closeCamera(stream)
    }
  }, [stream, video, onFault])
  useEffect(() => {
    if (!opened) return
    onSound(opened.soundFault)
    const [sound] = opened.stream.getAudioTracks()
    const lose = () => onSound('lost')
    sound?.addEventListener('ended', lose)
    return () => sound?.removeEventListener('ended', lose)
  }, [opened, onSound])
  return stream
}
