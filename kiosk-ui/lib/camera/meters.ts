/** What the kiosk can tell of sound and light while the visitor stands in front of it. */
import { CLIP_RULES } from '@fanreel/protocol'

const FLOOR_DBFS = -60

/** Level as a share of the meter, 0..1: -60 dBFS is its foot, 0 dBFS its top. */
export const meterShare = (dbfs: number): number => Math.min(1, Math.max(0, 1 - dbfs / FLOOR_DBFS))

/** Whether speech at this peak is worth using. */
export const isAudible = (dbfs: number): boolean => dbfs >= CLIP_RULES.GOOD_SPEECH_DBFS

/** Tells the peak level, in dBFS, with every frame of the screen. Answers with the way to stop. */
export const listenToLevel = (stream: MediaStream, tell: (dbfs: number) => void): (() => void) => {
  if (stream.getAudioTracks().length === 0) return () => undefined
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: 1024 })
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  let frame = 0
  const look = () => {
    analyser.getFloatTimeDomainData(samples)
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    tell(peak === 0 ? Number.NEGATIVE_INFINITY : 20 * Math.log10(peak))
    frame = requestAnimationFrame(look)
  }
  look()
  return () => {
    cancelAnimationFrame(frame)
    void context.close()
  }
}

const LOOK_MS = 700

/** Tells the mean luma (0..255) of the middle of the picture, where the face should be. Answers with the way to stop. */
export const watchLight = (video: HTMLVideoElement, tell: (luma: number) => void): (() => void) => {
  const canvas = new OffscreenCanvas(24, 24)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const timer = setInterval(() => {
    const { videoWidth: width, videoHeight: height } = video
    if (!context || width === 0) return
    context.drawImage(video, width * 0.3, height * 0.15, width * 0.4, height * 0.5, 0, 0, 24, 24)
    const { data } = context.getImageData(0, 0, 24, 24)
    let sum = 0
    // Luma by ITU-R BT.709.
    for (let i = 0; i < data.length; i += 4)
      sum += 0.2126 * (data[i] ?? 0) + 0.7152 * (data[i + 1] ?? 0) + 0.0722 * (data[i + 2] ?? 0)
    tell(sum / (data.length / 4))
  }, LOOK_MS)
  return () => clearInterval(timer)
}
