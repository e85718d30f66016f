/** What the kiosk can tell of sound while the visitor stands in front of it. */
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
