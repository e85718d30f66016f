/**
 * Loaded before a process of ours (`node --import`): every disk has room, whoever asks, so that only the write itself finds out.
 */
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const ROOM_BLOCKS = 2 ** 40
const real = files.statfs
files.statfs = async (...given) => ({ ...(await real(...given)), bavail: ROOM_BLOCKS })
syncBuiltinESMExports()
