/** Whether the kiosk can read itself aloud: in which of its languages the browser has a voice of this machine. */
import { LANGUAGES } from '@fanreel/protocol'
import { speaks } from '../lib/comfort/voice-language.ts'
import type { BrowserLook } from './browser-look.ts'
import type { Finding } from './finding.ts'

const TODO = 'apt-get install speech-dispatcher speech-dispatcher-espeak-ng espeak-ng, then start the kiosk anew.'

/** @param voices languages of the browser's voices; undefined where it could not be asked */
export const voicesFinding = (voices: BrowserLook['voices'] | undefined): Finding => {
  const name = 'voices'
  if (!voices) return { name, outcome: 'warn', detail: 'the browser was not asked', todo: 'Name it by FANREEL_BROWSER.' }
  const silent = LANGUAGES.filter((language) => !voices.some((voice) => speaks(voice, language)))
  if (silent.length === 0) return { name, outcome: 'ok', detail: `one for each of ${LANGUAGES.length} languages` }
  const where = silent.length === LANGUAGES.length ? 'any language' : silent.join(', ')
  return { name, outcome: 'warn', detail: `none for ${where}: “Read aloud” is not offered there`, todo: TODO }
}
