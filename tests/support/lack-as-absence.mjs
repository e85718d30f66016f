/**
 * Loaded before a process of ours (`node --import`): where the machine lacks something, a file handle or a disk that may be written,
 * it says that there is no such file, as Node's own `mkdir` does on such a disk.
 */
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const LACKS = new Set(['EROFS', 'EMFILE', 'ENFILE'])
for (const name of ['open', 'mkdir', 'rename']) {
  const real = files[name]
  files[name] = (...given) =>
    real(...given).catch((error) => {
      if (LACKS.has(error.code)) error.code = 'ENOENT'
      throw error
    })
}
syncBuiltinESMExports()
