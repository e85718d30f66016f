/** Camera and microphone for as long as the studio stands: opened on request, given back on every way out. */
'use client'
import { useEffect, useState } from 'react'
import { closeCamera, openCamera } from '../../lib/camera/open-camera.ts'
import type { CameraFault } from '../../lib/flow/flow-types.ts'

/**
 * @param wanted opens the camera when it becomes true; the stream stays until a fault or the end of the screen
 * @param onFault hears why there is no picture, also when it goes away later
 */
export const useCamera = (wanted: boolean, onFault: (fault: CameraFault) => void): MediaStream | undefined => {
  const [stream, setStream] = useState<MediaStream>()
  useEffect(() => {
    if (!wanted) return
    let gone = false
    void openCamera().then((opened) => {
      if ('fault' in opened) {
        if (!gone) onFault(opened.fault)
      } else if (gone) closeCamera(opened)
      else setStream(opened)
    })
    return () => {
      gone = true
    }
  }, [wanted, onFault])
  useEffect(() => {
    const picture = stream?.getVideoTracks()[0]
    const lose = () => {
      setStream(undefined)
      onFault('lost')
    }
    picture?.addEventListener('ended', lose)
    return () => {
      picture?.removeEventListener('ended', lose)
      closeCamera(stream)
    }
  }, [stream, onFault])
  return stream
}
