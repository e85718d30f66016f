/** What the kiosk can tell of sound while the visitor stands in front of it. */
import { createSpeechMeter, type Hearing } from './speech-meter.ts'

/** Quieter than this is the meter's foot whatever the hall, dBFS RMS in the band of voices. */
const FOOT_DBFS = -60
/** A voice near by stands so far above a hall that it is heard in, dB: what fills the meter. */
const RANGE_DB = 30

/** How far a voice stands above the hall, as a share of the meter, 0..1. */
export const meterShare = ({ levelDbfs, floorDbfs }: Pick<Hearing, 'levelDbfs' | 'floorDbfs'>): number =>
  Math.min(1, Math.max(0, (levelDbfs - Math.max(FOOT_DBFS, floorDbfs)) / RANGE_DB))

/** Samples an analyser keeps: what was heard since the last frame of a screen that draws but six a second. */
const KEPT_SAMPLES = 8_192

/** Tells what is heard with every frame of the screen, nothing left out between them. Answers with the way to stop. */
export const listenTo = (stream: MediaStream, tell: (hearing: Hearing) => void): (() => void) => {
  if (stream.getAudioTracks().length === 0) return () => undefined
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: KEPT_SAMPLES })
  context.createMediaStreamSource(stream).connect(analyser)
  const meter = createSpeechMeter(context.sampleRate)
  const samples = new Float32Array(KEPT_SAMPLES)
  let heardUntil = context.currentTime
  let frame = 0
  const look = () => {
    const { currentTime } = context
    const fresh = Math.min(KEPT_SAMPLES, Math.round((currentTime - heardUntil) * context.sampleRate))
    heardUntil = currentTime
    analyser.getFloatTimeDomainData(samples)
    tell(meter.hear(samples.subarray(KEPT_SAMPLES - fresh)))
    frame = requestAnimationFrame(look)
  }
  look()
  return () => {
    cancelAnimationFrame(frame)
    void context.close()
  }
}
