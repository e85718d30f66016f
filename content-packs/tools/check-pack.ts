/**
 * Checks a pack's folder: the schema, the rules above it, and every file it names (there, small enough, of the size and
 * length it claims). Run: npx tsx content-packs/tools/check-pack.ts FOLDER...; exits 1 when anything is found.
 */
import { readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { filesOf } from '../schema/files.ts'
import { Pack } from '../schema/index.ts'
import { type Finding, packFindings } from './pack-rules.ts'
import { probeFile } from './probe-file.ts'

const MAX_FILE_BYTES = 1_000_000
const MAX_PACK_BYTES = 8_000_000
const MAX_LOOP_BYTES = 900_000
/** The encoder may add a frame or two of silence. */
const DURATION_SLACK_MS = 60

const sizeFindings = async (folder: string, pack: Pack): Promise<Finding[]> => {
  const findings: Finding[] = []
  let total = 0
  for (const file of filesOf(pack)) {
    const bytes = await stat(join(folder, file)).then(
      (found) => found.size,
      () => undefined,
    )
    if (bytes === undefined) findings.push({ code: 'file-missing', detail: file })
    else if (bytes > (file === pack.preview.loop ? MAX_LOOP_BYTES : MAX_FILE_BYTES))
      findings.push({ code: 'file-size', detail: `${file} has ${bytes} bytes` })
    total += bytes ?? 0
  }
  return total > MAX_PACK_BYTES ? [...findings, { code: 'pack-size', detail: `${total} bytes in all` }] : findings
}

const mediaFindings = async (folder: string, pack: Pack, probed: typeof probeFile): Promise<Finding[]> => {
  const probe = (file: string) => probed(join(folder, file))
  const findings: Finding[] = []
  for (const plate of pack.plates) {
    const { picture } = await probe(plate.file)
    if (picture?.width !== plate.width || picture.height !== plate.height)
      findings.push({
        code: 'picture-size',
        detail: `${plate.file} is ${picture?.width}x${picture?.height}, not ${plate.width}x${plate.height}`,
      })
  }
  for (const { file, blend } of pack.plates.flatMap((plate) => plate.layers)) {
    const { picture } = await probe(file)
    if (!picture) findings.push({ code: 'picture-size', detail: `${file} holds no picture` })
    else if (blend === 'over' && !picture.alpha) findings.push({ code: 'no-alpha', detail: file })
  }
  for (const view of pack.views)
    if (view.occluder && !(await probe(view.occluder.file)).picture?.alpha)
      findings.push({ code: 'no-alpha', detail: view.occluder.file })
  for (const file of Object.values(pack.music.stems)) {
    const { sound, durationMs } = await probe(file)
    if (!sound || Math.abs(durationMs - pack.music.durationMs) > DURATION_SLACK_MS)
      findings.push({ code: 'duration', detail: `${file} lasts ${durationMs} ms, not ${pack.music.durationMs}` })
  }
  for (const file of Object.values(pack.sounds))
    if (!(await probe(file)).sound) findings.push({ code: 'duration', detail: `${file} holds no sound` })
  const loop = await probe(pack.preview.loop)
  if (loop.sound) findings.push({ code: 'not-silent', detail: pack.preview.loop })
  if (!loop.picture) findings.push({ code: 'picture-size', detail: `${pack.preview.loop} holds no picture` })
  return findings
}

/**
 * All findings of the pack in `folder`; none means it may be published. The media are opened, by `probe`, only when all else is
 * in order.
 */
export const checkPack = async (folder: string, probe = probeFile): Promise<Finding[]> => {
  const parsed = Pack.safeParse(JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')))
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({ code: 'schema', detail: `${issue.path.join('.')}: ${issue.message}` }))
  const pack = parsed.data
  const named: Finding[] =
    basename(resolve(folder)) === pack.packId ? [] : [{ code: 'folder-name', detail: `the folder is not called ${pack.packId}` }]
  const findings = [...named, ...packFindings(pack), ...(await sizeFindings(folder, pack))]
  return findings.length > 0 ? findings : mediaFindings(folder, pack, probe)
}

const main = async (folders: string[]): Promise<void> => {
  for (const folder of folders) {
    const findings = await checkPack(folder)
    for (const { code, detail } of findings) process.stderr.write(`${folder}: ${code}: ${detail}\n`)
    if (findings.length > 0) process.exitCode = 1
    else process.stdout.write(`${folder}: in order\n`)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2))
