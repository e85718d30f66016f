import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WasmReader } from '@contentauth/c2pa-wasm'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DIGITAL_SOURCE_TYPE } from '../media/encode.ts'
import { scratchFolder } from '../media/scratch-folder.ts'
import { coseSign1 } from './cose.ts'
import { keptCredential, makeCredential } from './credential.ts'
import { signReel } from './sign-reel.ts'

const folder = await scratchFolder()
const NOW = new Date()
const Store = z.object({
  active_manifest: z.string(),
  manifests: z.record(
    z.string(),
    z.object({
      title: z.string(),
      assertions: z.array(z.object({ label: z.string(), data: z.unknown() })),
      signature_info: z.object({ issuer: z.string(), common_name: z.string() }),
    }),
  ),
  validation_status: z.array(z.object({ code: z.string() })),
  validation_state: z.string(),
})

const film = (name: string): string => {
  const path = join(folder, name)
  const inputs = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=24:d=2', '-f', 'lavfi', '-i', 'sine=r=48000:d=2']
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart']
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, ...coding, path])
  return path
}
const packetsOf = (path: string) =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0', '-c', 'copy', '-f', 'streamhash', '-']).toString()
const read = async (path: string) => {
  const reader = await WasmReader.fromBytes('video/mp4', new Uint8Array(readFileSync(path)))
  const store = Store.parse(JSON.parse(reader.json()))
  return { ...store, active: store.manifests[store.active_manifest] }
}

describe('a signed reel', () => {
  it('F8: says who made it and that it is synthetic, and plays as before', async () => {
    const path = film('film.mp4')
    const before = packetsOf(path)
    await signReel(path, makeCredential('Winter Fan Zone', NOW), 'Night on Ice')
    const { active, validation_state, validation_status } = await read(path)
    expect(validation_state).toBe('Valid')
    // No trust list knows an event's own root, and that is all there is to say against it.
    expect(validation_status.map(({ code }) => code)).toEqual(['signingCredential.untrusted'])
    expect(active?.signature_info).toEqual(
      expect.objectContaining({ issuer: 'Winter Fan Zone', common_name: 'Films of the event' }),
    )
    expect(active?.title).toBe('Night on Ice')
    expect(JSON.stringify(active?.assertions.find(({ label }) => label === 'c2pa.actions.v2'))).toContain(DIGITAL_SOURCE_TYPE)
    expect(packetsOf(path)).toBe(before)
    const bytes = readFileSync(path, 'latin1')
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
  })

  it('F8: one changed byte of its picture is seen', async () => {
    const path = film('changed.mp4')
    await signReel(path, makeCredential('Winter Fan Zone', NOW), 'Night on Ice')
    const bytes = readFileSync(path)
    const at = bytes.indexOf('mdat') + 2_000
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
    const { validation_state, validation_status } = await read(path)
    expect(validation_state).toBe('Invalid')
    expect(validation_status.map(({ code }) => code)).toContain('assertion.bmffHash.mismatch')
  })

  it('a signature fills the room that was kept for it, or says that it cannot', () => {
    const credential = makeCredential('Winter Fan Zone', NOW)
    expect(coseSign1(Buffer.alloc(500), credential, 8_192)).toHaveLength(8_192)
    expect(() => coseSign1(Buffer.alloc(500), credential, 1_000)).toThrow(RangeError)
  })
})

describe('an event’s credential', () => {
  it('is made once, kept from others, and made anew before it expires', () => {
    const kept = join(folder, 'credential')
    const first = keptCredential(kept, 'Winter Fan Zone', NOW)
    expect(keptCredential(kept, 'Winter Fan Zone', NOW).chain).toEqual(first.chain)
    expect(statSync(join(kept, 'films.key.pem')).mode & 0o077).toBe(0)
    const later = keptCredential(kept, 'Winter Fan Zone', new Date(NOW.getTime() + 1_080 * 86_400_000))
    expect(later.chain).not.toEqual(first.chain)
  })

  it('is a chain of the event’s own root and a certificate for films', () => {
    const [films, root] = makeCredential('Winter Fan Zone', NOW).chain.map((der) => new X509Certificate(der))
    expect(films?.checkIssued(root as X509Certificate)).toBe(true)
    expect(films?.verify((root as X509Certificate).publicKey)).toBe(true)
    expect([films?.ca, root?.ca]).toEqual([false, true])
  })
})
