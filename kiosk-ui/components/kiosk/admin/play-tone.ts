/** One second of 440 Hz through the kiosk's loudspeaker, soft at both ends. */
export const playTone = (): void => {
  const context = new AudioContext()
  const tone = new OscillatorNode(context, { frequency: 440 })
  const gain = new GainNode(context, { gain: 0 })
  const now = context.currentTime
  gain.gain.linearRampToValueAtTime(0.3, now + 0.05)
  gain.gain.setValueAtTime(0.3, now + 0.9)
  gain.gain.linearRampToValueAtTime(0, now + 1)
  tone.connect(gain).connect(context.destination)
  tone.start()
  tone.stop(now + 1)
  tone.onended = () => void context.close()
}
