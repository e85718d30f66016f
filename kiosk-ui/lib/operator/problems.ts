/** What is wrong on the floor, worst first, each with what to do: the first thing an operator reads. Pure. */
import type { Floor } from '@fanreel/protocol'
import { boxTroubles } from './box-words.ts'
import { span } from './telling-time.ts'

export type Problem = { id: string; grave: boolean; what: string; todo: string }

const LONG_WAIT_MS = 3 * 60_000
const SILENT_BEAT_MS = 12_000

/** Kiosks whose version is not that of most; nobody where all have the same. */
const strayVersions = (kiosks: Floor['kiosks']): { most: string; strays: Floor['kiosks'] } | undefined => {
  const counts = new Map<string, number>()
  for (const { version } of kiosks) counts.set(version, (counts.get(version) ?? 0) + 1)
  const [first, second] = [...counts].sort(([, a], [, b]) => b - a)
  if (!first || !second) return undefined
  return { most: first[0], strays: kiosks.filter(({ version }) => version !== first[0]) }
}

export const problemsOf = (floor: Floor): Problem[] => {
  const { status, kiosks, nodes, queues, visits, at } = floor
  const online = nodes.filter(({ state }) => state === 'online')
  const found: Problem[] = []
  const say = (id: string, grave: boolean, what: string, todo: string) => found.push({ id, grave, what, todo })
  if (online.length === 0)
    say('no-nodes', true, 'No node is online', 'Kiosks take nobody in. Start a node and check its token and network.')
  else if (status.reason === 'overloaded')
    say('overloaded', true, 'Films wait too long', 'Kiosks take nobody in until the queue is shorter. Add a node.')
  for (const { nodeId, running } of online) {
    const silent = running.filter(({ beatAt }) => at - beatAt > SILENT_BEAT_MS)
    if (silent.length > 0)
      say(
        `beat-${nodeId}`,
        false,
        `${nodeId} has not been heard of for ${span(at - Math.min(...silent.map(({ beatAt }) => beatAt)))}`,
        'Its work goes to another node by itself. Look at its network.',
      )
  }
  for (const { nodeId, drained } of nodes)
    if (drained)
      say(
        `drained-${nodeId}`,
        true,
        `${nodeId} was drained after faults of its own`,
        `The last was ${drained.code}. Look at it, then let it work again below.`,
      )
  const away = kiosks.filter((kiosk) => !kiosk.online)
  if (away.length > 0)
    say(
      'kiosks-away',
      true,
      `${away.map(({ kioskId }) => kioskId).join(', ')} offline`,
      'Visitors there still get their code. Check power and network.',
    )
  for (const { kioskId, trouble } of kiosks.filter((kiosk) => kiosk.online && kiosk.trouble))
    if (trouble === 'camera')
      say(
        `camera-${kioskId}`,
        true,
        `${kioskId} has no picture`,
        'It takes nobody in until its camera is back. Look at its cable and power.',
      )
    else if (trouble === 'disk')
      say(
        `disk-${kioskId}`,
        true,
        `${kioskId} has no room for clips`,
        'It takes nobody in until its clips have left. Check its network and disk.',
      )
    else if (trouble === 'microphone')
      say(
        `microphone-${kioskId}`,
        false,
        `${kioskId} has no sound`,
        'It films on, and its films have music only. Look at its microphone; its own settings say what is wrong with it.',
      )
    else say(`shut-${kioskId}`, false, `${kioskId} was shut on the spot`, 'It is opened again in its own settings.')
  for (const { kioskId, health } of kiosks)
    for (const { id, grave, what, todo } of health ? boxTroubles(health) : [])
      say(`${id}-${kioskId}`, grave, `${kioskId} ${what}`, todo)
  for (const { kioskId, agentSilentSince } of kiosks.filter((kiosk) => kiosk.online))
    if (agentSilentSince !== undefined)
      say(
        `agent-${kioskId}`,
        false,
        `${kioskId} has had no agent for ${span(at - agentSilentSince)}`,
        'It takes visitors, and nobody would restart its browser. On the box: systemctl restart fanreel-kiosk.',
      )
  const holding = kiosks.filter((kiosk) => kiosk.online && kiosk.holding > 2)
  for (const { kioskId, holding: clips } of holding)
    say(`holding-${kioskId}`, false, `${kioskId} holds ${clips} clips`, 'Its network may be slow.')
  const versions = strayVersions(kiosks.filter((kiosk) => kiosk.online))
  for (const { kioskId, version } of versions?.strays ?? [])
    say(
      `version-${kioskId}`,
      false,
      `${kioskId} runs version ${version}, others ${versions?.most}`,
      'Bring all kiosks to the same version while the doors are closed.',
    )
  const oldest = Math.max(0, ...queues.map(({ oldestMs }) => oldestMs ?? 0))
  if (oldest > LONG_WAIT_MS)
    say(
      'oldest',
      false,
      `The oldest film waits for ${span(oldest)}`,
      'Add a node, or pause the event until the queue is shorter.',
    )
  const failed = visits.filter(({ state, code }) => state === 'failed' && !code?.startsWith('clip-'))
  if (failed.length > 0)
    say(
      'failed',
      false,
      `${failed.length} ${failed.length === 1 ? 'film' : 'films'} failed`,
      'Open each below and retry it: the clip may still be there.',
    )
  return found.sort((a, b) => Number(b.grave) - Number(a.grave))
}
