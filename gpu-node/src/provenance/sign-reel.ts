/**
 * Content credentials (C2PA, https://c2pa.org): a signed statement inside the reel of what made it and that it is synthetic,
 * bound to every byte of picture and sound. The Content Authenticity Initiative's own library does it, as WebAssembly, so
 * that nothing native is fetched.
 */
import { readFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { initSync, WasmBuilder } from '@contentauth/c2pa-wasm'
import { DIGITAL_SOURCE_TYPE } from '../media/encode.ts'
import { coseSign1 } from './cose.ts'
import type { FilmCredential } from './credential.ts'

const require = createRequire(import.meta.url)

/** Bytes kept free for the signature: two certificates of about 600 bytes each, an authority's three of 1,500. */
const SIGNATURE_BYTES = 8_192
const FORMAT = 'video/mp4'

/** The library reads what it signs by a browser's `FileReaderSync`; here a blob that keeps its bytes at hand is enough. */
class HeldBlob extends Blob {
  readonly held: Uint8Array<ArrayBuffer>
  constructor(held: Uint8Array<ArrayBuffer>) {
    super([held])
    this.held = held
  }
}
class HeldReader {
  readAsArrayBuffer(blob: HeldBlob): ArrayBuffer {
    return blob.held.buffer.slice(blob.held.byteOffset, blob.held.byteOffset + blob.held.byteLength)
  }
}

let ready = false
const makeReady = () => {
  if (ready) return
  Object.defineProperty(globalThis, 'FileReaderSync', { value: HeldReader, configurable: true })
  initSync({ module: readFileSync(require.resolve('@contentauth/c2pa-wasm/c2pa.wasm')) })
  ready = true
}

const statementOf = (title: string) => ({
  claim_generator_info: [{ name: 'Fanreel' }],
  title,
  format: FORMAT,
  assertions: [
    {
      label: 'c2pa.actions.v2',
      data: { actions: [{ action: 'c2pa.created', digitalSourceType: DIGITAL_SOURCE_TYPE }] },
    },
  ],
})

/**
 * Signs the MP4 at `path` in place. Picture and sound stay as they are, byte by byte; the index in front is moved behind the
 * statement. About 150 ms for 7 MB.
 * @param title what the statement calls the film; a visitor's name is not to be in it
 */
export const signReel = async (path: string, credential: FilmCredential, title: string): Promise<void> => {
  makeReady()
  const builder = WasmBuilder.fromJson(JSON.stringify(statementOf(title)))
  try {
    const signer = {
      alg: 'es256',
      reserveSize: SIGNATURE_BYTES,
      sign: async (claim: Uint8Array) => new Uint8Array(coseSign1(claim, credential, SIGNATURE_BYTES)),
    }
    const signed = await builder.sign(signer, [], FORMAT, new HeldBlob(new Uint8Array(await readFile(path))))
    await writeFile(`${path}.signed`, signed)
    await rename(`${path}.signed`, path)
  } finally {
    builder.free()
  }
}
