/** Whether a visitor is heard: what Linux lists, and what the browser may really open. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserLook } from './browser-look.ts'
import type { Finding } from './finding.ts'

/** `00-00: ALC3246 Analog : ALC3246 Analog : playback 1 : capture 1`, a line a device. */
const CAPTURES = /^\d+-\d+: ([^:]*?) : .*\bcapture \d+/

/** Names of the sound devices that can record, as ALSA lists them. @param proc where Linux shows its insides */
export const listedMicrophones = async (proc = '/proc'): Promise<string[]> => {
  const listed = await readFile(join(proc, 'asound', 'pcm'), 'utf8').catch(() => '')
  return listed.split('\n').flatMap((line) => CAPTURES.exec(line)?.[1] ?? [])
}

/** @param heardBy what the browser says it has; undefined where it could not be asked */
export const microphoneFinding = (listed: readonly string[], heardBy: BrowserLook['microphones'] | undefined): Finding => {
  const name = 'microphone'
  if (heardBy && heardBy.length > 0) return { name, outcome: 'ok', detail: heardBy.join(', ') }
  if (listed.length > 0)
    return heardBy
      ? {
          name,
          outcome: 'warn',
          detail: `${listed.join(', ')} is there, and the browser may not open it`,
          todo: 'Put its user into the group audio: usermod -aG audio fanreel. Then start the kiosk anew.',
        }
      : { name, outcome: 'ok', detail: `${listed.join(', ')}; the browser was not asked` }
  return {
    name,
    outcome: 'warn',
    detail: 'none: visitors are filmed without their voice',
    todo: 'Plug one in; `arecord -l` lists it, and the sound settings must not have it muted.',
  }
}
