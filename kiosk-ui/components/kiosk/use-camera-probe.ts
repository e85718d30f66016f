/** Looks now and then whether a camera that was gone shows a picture again. */
'use client'
import { useEffect } from 'react'
import { probeCamera } from '../../lib/camera/open-camera.ts'

const PROBE_EVERY_MS = 8_000

/** @param onFound hears once that there is a picture again; it must stay the same function */
export const useCameraProbe = (active: boolean, onFound: () => void): void => {
  useEffect(() => {
    if (!active) return
    let gone = false
    let probing = false
    const probe = async () => {
      if (probing) return
      probing = true
      const fault = await probeCamera()
      probing = false
      if (!gone && fault === undefined) onFound()
    }
    const look = () => void probe()
    // A cable that is pushed back in tells so; a program that lets go of the camera does not.
    navigator.mediaDevices?.addEventListener('devicechange', look)
    const timer = setInterval(look, PROBE_EVERY_MS)
    look()
    return () => {
      gone = true
      clearInterval(timer)
      navigator.mediaDevices?.removeEventListener('devicechange', look)
    }
  }, [active, onFound])
}
