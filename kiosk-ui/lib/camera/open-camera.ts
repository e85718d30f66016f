/** Opens camera and microphone and names what stands in the way. */
import type { CameraFault } from '../flow/flow-types.ts'
import { uprightSize } from './picture-shape.ts'

/** The name of a getUserMedia failure; names by the Media Capture and Streams specification, section 10.2. */
export const faultOf = (error: unknown): CameraFault => {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
      return 'denied'
    case 'SecurityError':
      return 'insecure'
    case 'NotFoundError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    case 'OverconstrainedError':
      return 'unsuitable'
    default:
      return 'unknown'
  }
}

/** Not resized: else an upright camera's picture is cut above and below, to the height that is asked for. */
const VIDEO = {
  width: { ideal: 1920 },
  height: { ideal: 1080 },
  frameRate: { ideal: 30, max: 30 },
  resizeMode: { ideal: 'none' },
} as MediaTrackConstraints
const AUDIO: MediaTrackConstraints = { echoCancellation: false, noiseSuppression: true, autoGainControl: true }

const ask = async (constraints: MediaStreamConstraints): Promise<MediaStream | { fault: CameraFault }> => {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints)
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/** Crops a wider picture to the upright one at its full height; a camera that cannot is recorded as it is. */
const cropUpright = async (track: MediaStreamTrack): Promise<void> => {
  const { width = 0, height = 0 } = track.getSettings()
  const upright = uprightSize({ width, height })
  if (!upright) return
  await track
    .applyConstraints({ ...upright, resizeMode: 'crop-and-scale', frameRate: { ideal: 30, max: 30 } } as MediaTrackConstraints)
    .catch(() => undefined)
}

/** Faults that may be the microphone's alone: the browser does not say whose they are. */
const MAYBE_THE_MICROPHONE: ReadonlySet<CameraFault> = new Set(['missing', 'busy', 'denied'])

/** A camera that is open, and why it has no microphone, where it has none. */
export type OpenCamera = { stream: MediaStream; soundFault: CameraFault | undefined }

/** Picture and sound; picture alone where there is no microphone or it may not be used, since silence is no reason to send a visitor away. */
export const openCamera = async (): Promise<OpenCamera | { fault: CameraFault }> => {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) return { fault: 'insecure' }
  let opened = await ask({ video: VIDEO, audio: AUDIO })
  if ('fault' in opened && opened.fault === 'unsuitable') opened = await ask({ video: true, audio: true })
  let soundFault: CameraFault | undefined
  if ('fault' in opened && MAYBE_THE_MICROPHONE.has(opened.fault)) {
    soundFault = opened.fault
    opened = await ask({ video: VIDEO })
  }
  if ('fault' in opened) return { fault: soundFault ?? opened.fault }
  const [picture] = opened.getVideoTracks()
  if (picture) await cropUpright(picture)
  return { stream: opened, soundFault: soundFault ?? (opened.getAudioTracks().length > 0 ? undefined : 'missing') }
}

/** A camera that was found again shows its first pictures within this, in milliseconds. */
const FIRST_PICTURES_MS = 4_000

/** Opens the camera for a moment to see whether it shows anything. Its light goes on for as long. */
export const probeCamera = async (): Promise<CameraFault | undefined> => {
  const opened = await openCamera()
  if ('fault' in opened) return opened.fault
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = opened.stream
  try {
    return await new Promise<CameraFault | undefined>((resolve) => {
      const timer = setTimeout(() => resolve('lost'), FIRST_PICTURES_MS)
      // One picture may be an old one: the second is new.
      video.requestVideoFrameCallback(() =>
        video.requestVideoFrameCallback(() => {
          clearTimeout(timer)
          resolve(undefined)
        }),
      )
      video.play().catch(() => resolve('unknown'))
    })
  } finally {
    video.srcObject = null
    closeCamera(opened.stream)
  }
}

/** Gives camera and microphone back; their lights go out. */
export const closeCamera = (stream: MediaStream | undefined): void => {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
