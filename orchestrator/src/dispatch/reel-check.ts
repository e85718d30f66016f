/**
 * What a node has delivered is looked at again before it becomes a visitor's film (R3): size, type and dimensions, whatever
 * the node's report says. Hashes and sizes were held to when the objects were written, or are looked at now.
 */
import { createHash } from 'node:crypto'
import { NODE_OBJECTS, type NodeObjectKind, REFUSE_LIKENESS, type ReelCode, type RenderResult, ShotList } from '@fanreel/protocol'
import { AppError } from '../errors.ts'
import type { MediaStore } from '../media/media-store.ts'
import { readWhole } from '../media/read-whole.ts'
import { readMp4 } from './mp4.ts'

/** Pictures a reel may have: portrait, at either of the film's two sizes. */
const REEL_SIZES = ['720x1280', '1080x1920']
/** A film is about 15 s long. */
const REEL_MS = { least: 10_000, most: 20_000 }
/** How far the file may be from what the node reports, in milliseconds. */
const REPORT_TOLERANCE_MS = 250
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff])

export type Delivered = Record<'reel' | 'poster' | 'shotList', { key: string; bytes: number; sha256: string }>

const hashOf = async (media: MediaStore, key: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const part of await media.read(key)) hash.update(part as Buffer)
  return hash.digest('hex')
}

const readAtOf = (media: MediaStore, key: string, bytes: number) => (offset: number, length: number) =>
  readWhole(media, key, { start: offset, end: Math.min(bytes, offset + length) - 1 })

const isShotList = (text: string): boolean => {
  try {
    return ShotList.safeParse(JSON.parse(text)).success
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/**
 * Checks a delivery. Answers the code of what is wrong with it, `object-unknown` where something is not there, or nothing.
 *
 * @throws AppError where the store cannot be read
 */
export const checkDelivery = async (
  media: MediaStore,
  delivered: Delivered,
  report: RenderResult['report'],
): Promise<ReelCode | 'object-unknown' | undefined> => {
  const kinds: Record<keyof Delivered, NodeObjectKind> = { reel: 'reel', poster: 'poster', shotList: 'shot-list' }
  for (const part of ['reel', 'poster', 'shotList'] as const) {
    const { key, bytes, sha256 } = delivered[part]
    const found = await media.stat(key)
    if (!found || found.bytes !== bytes) return 'object-unknown'
    if (bytes > NODE_OBJECTS[kinds[part]].maxBytes) return 'reel-too-large'
    // Through the door it was held to its hash; nobody looked on where the node wrote by itself (S3).
    if (media.direct && (await hashOf(media, key)) !== sha256) return 'object-unknown'
  }
  if (report.likeness > REFUSE_LIKENESS) return 'reel-other-person'
  try {
    const { reel, poster, shotList } = delivered
    const facts = await readMp4(readAtOf(media, reel.key, reel.bytes), reel.bytes)
    if (facts?.videoCodec !== 'avc1' || facts.audioCodec !== 'mp4a' || !facts.fastStart) return 'reel-wrong-format'
    if (!REEL_SIZES.includes(`${facts.width}x${facts.height}`)) return 'reel-wrong-format'
    if (facts.width !== report.width || facts.height !== report.height) return 'reel-wrong-format'
    if (facts.durationMs < REEL_MS.least || facts.durationMs > REEL_MS.most) return 'reel-wrong-length'
    if (Math.abs(facts.durationMs - report.durationMs) > REPORT_TOLERANCE_MS) return 'reel-wrong-length'
    const start = await readWhole(media, poster.key, { start: 0, end: 2 })
    if (!start.equals(JPEG_START)) return 'reel-wrong-format'
    return isShotList((await readWhole(media, shotList.key)).toString('utf8')) ? undefined : 'reel-wrong-format'
  } catch (error) {
    // Deleted under our eyes: the visit has ended.
    if (error instanceof AppError && error.code === 'object-unknown') return 'object-unknown'
    throw error
  }
}
