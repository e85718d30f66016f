/** The five networks together on real pictures: what they say must be true of the picture, and stay so when it changes. */

import { patchOfFace } from '@fanreel/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasMedia, needsMedia, visitorClip } from '../../../tests/support/media.ts'
import { decode } from '../media/decode.ts'
import { probe } from '../media/probe.ts'
import { SAMPLE_VISITOR } from '../verify/short-film.fixture.ts'
import type { Face } from './cast.ts'
import { findFaces } from './faces.ts'
import { alignFace, embedChip, embeddingDistance, faceChip, MIN_IDENTITY_FACE_PX, meanIdentity } from './identity.ts'
import { createKernel, NET_SIDE } from './matting/kernel.ts'
import { faceOfMesh, meshFace } from './mesh.ts'
import { loadModels, type Models } from './models/load-models.ts'
import { cutPatch, type Picture } from './picture.ts'

const { signal } = new AbortController()
let models: Models
let vita: Picture[]

/** `count` pictures of a clip, three a second. */
const picturesOf = async (path: string, count: number): Promise<Picture[]> => {
  const clip = await probe(path)
  if (!clip.ok) throw new Error(clip.code)
  const { frames, width, height } = await decode(clip, { signal, fps: 3, maxMs: (count * 1000) / 3 })
  const pictures: Picture[] = []
  for await (const data of frames) pictures.push({ width, height, data: data.slice() })
  return pictures
}
beforeAll(async () => {
  models = await loadModels()
  vita = await picturesOf(SAMPLE_VISITOR, 3)
})

const first = () => vita[0]!
const each = (picture: Picture, change: (value: number) => number): Picture => ({
  ...picture,
  data: picture.data.map((value, at) => (at % 4 === 3 ? value : change(value))),
})
const mirrored = ({ width, height, data }: Picture): Picture => {
  const pixels = new Uint32Array(data.slice().buffer)
  for (let row = 0; row < height; row++) pixels.subarray(row * width, (row + 1) * width).reverse()
  return { width, height, data: new Uint8Array(pixels.buffer) }
}
const meshOf = async (picture: Picture): Promise<{ face: Face; confidence: number }> => {
  const [found] = await findFaces(models, picture)
  if (!found) throw new Error('no face')
  const mesh = await meshFace(models, picture, patchOfFace(found))
  return { face: faceOfMesh(mesh, found.score), confidence: mesh.confidence }
}
/** The identity seen in pictures: the face of each, where it is wide enough to tell. */
const embedFaces = async (pictures: readonly Picture[]) => {
  const embeddings: Float32Array[] = []
  for (const picture of pictures) {
    if ((await findFaces(models, picture)).length === 0) continue
    const { face, confidence } = await meshOf(picture)
    if (confidence >= 0.5 && face.box.width >= MIN_IDENTITY_FACE_PX)
      embeddings.push(await embedChip(models, faceChip(picture, face)))
  }
  return meanIdentity(embeddings)
}
const identityOf = async (...pictures: Picture[]) => {
  const identity = await embedFaces(pictures)
  if (!identity) throw new Error('no face')
  return identity.embedding
}

describe('the networks on a real picture', () => {
  it('detector and mesh find one face, and agree where it is', async () => {
    const faces = await findFaces(models, first())
    const { face, confidence } = await meshOf(first())
    expect(faces.length).toBe(1)
    expect(confidence).toBeGreaterThan(0.9)
    const [found] = faces
    expect(Math.abs(face.box.x + face.box.width / 2 - found!.box.x - found!.box.width / 2)).toBeLessThan(0.2 * face.box.width)
    // Right eye, left eye, nose: from the picture's left to its right, the nose below.
    const [right, , , left, nose] = face.landmarks
    expect(right!.x).toBeLessThan(left!.x)
    expect(nose!.y).toBeGreaterThan(Math.max(right!.y, left!.y))
  })

  it('a picture without anybody shows no face and no person', async () => {
    const empty = each(first(), () => 128)
    expect(await findFaces(models, empty)).toEqual([])
    const kernel = await createKernel(empty.width, empty.height)
    kernel.picture.set(empty.data)
    const [mask] = await models.segmentation.run(kernel.netInput({ x: 0, y: 0, width: empty.width, height: empty.height }))
    expect(mask!.filter((probability) => probability > 0.5).length).toBe(0)
  })

  it('the segmentation marks her and not the room', async () => {
    const { width, height, data } = first()
    const kernel = await createKernel(width, height)
    kernel.picture.set(data)
    const [mask] = await models.segmentation.run(kernel.netInput({ x: 0, y: 0, width, height }))
    const { face } = await meshOf(first())
    const at = (x: number, y: number) =>
      mask![Math.floor((y / height) * NET_SIDE) * NET_SIDE + Math.floor((x / width) * NET_SIDE)]
    expect(mask!.every((probability) => probability >= 0 && probability <= 1)).toBe(true)
    expect(at(face.box.x + face.box.width / 2, face.box.y + face.box.height / 2)).toBeGreaterThan(0.95)
    expect(at(10, 10)).toBeLessThan(0.05)
  })
})

describe('an identity', () => {
  it('is the same for the same picture, mirrored or in half the light hardly another', async () => {
    const one = await identityOf(first())
    expect(embeddingDistance(one, await identityOf(first()))).toBeLessThan(1e-6)
    expect(embeddingDistance(one, await identityOf(mirrored(first())))).toBeLessThan(0.35)
    expect(embeddingDistance(one, await identityOf(each(first(), (value) => value / 2)))).toBeLessThan(0.35)
  })

  it('is nothing where no face is wide enough to tell', async () => {
    const { width, height } = first()
    const data = new Uint8Array(width * height * 4).fill(90)
    // Her at a sixth of her size.
    for (let y = 0; y < Math.floor(height / 6); y++) {
      for (let x = 0; x < Math.floor(width / 6); x++) {
        const from = (y * 6 * width + x * 6) * 4
        data.set(first().data.subarray(from, from + 4), ((y + 400) * width + x + 300) * 4)
      }
    }
    expect(await embedFaces([{ width, height, data }])).toBeUndefined()
    expect(meanIdentity([])).toBeUndefined()
  })

  it('holds when the head is tilted, which an unaligned face does not', async () => {
    // The same face cut out turned, as a tilted head would stand in the picture: alignment must undo it.
    const { face } = await meshOf(first())
    const tilt = 0.5
    const straight = await embedChip(models, faceChip(first(), face))
    const turned = turnedBy(first(), tilt, face)
    const tilted = await meshOf(turned)
    expect(Math.abs(tilted.face.roll - face.roll - tilt)).toBeLessThan(0.1)
    const aligned = await embedChip(models, faceChip(turned, tilted.face))
    const patch = { ...alignFace(tilted.face.landmarks), angle: 0 }
    const scaling = { scale: 1 / 255, mean: [122.782, 117.001, 104.298] } as const
    const unaligned = await embedChip(models, cutPatch(turned, patch, 150, scaling))
    expect(embeddingDistance(straight, aligned)).toBeLessThan(0.3)
    expect(embeddingDistance(straight, aligned)).toBeLessThan(embeddingDistance(straight, unaligned))
  })

  it.skipIf(!hasMedia)(`of two visitors is two, and of two takes of one is one${needsMedia}`, async () => {
    const take = async (name: string) => identityOf(...(await picturesOf(visitorClip(name), 3)))
    const man = await take('man-a-take-1.mp4')
    expect(embeddingDistance(man, await take('man-a-take-2.mp4'))).toBeLessThan(0.3)
    for (const other of [await take('woman-a.mp4'), await take('man-b-gestures-with-speech.mp4'), await identityOf(...vita)]) {
      expect(embeddingDistance(man, other)).toBeGreaterThan(0.5)
    }
  })
})

/** A picture turned clockwise about its face's middle. */
function turnedBy({ width, height, data }: Picture, angle: number, { box }: Face): Picture {
  const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2]
  const out = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = Math.round(cx + (x - cx) * Math.cos(angle) + (y - cy) * Math.sin(angle))
      const v = Math.round(cy - (x - cx) * Math.sin(angle) + (y - cy) * Math.cos(angle))
      if (u < 0 || v < 0 || u >= width || v >= height) continue
      out.set(data.subarray((v * width + u) * 4, (v * width + u) * 4 + 4), (y * width + x) * 4)
    }
  }
  return { width, height, data: out }
}
