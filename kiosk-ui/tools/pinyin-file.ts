/** Puts the table for writing Chinese under `public/generated`. Runs before every build; nothing of it is in the repository. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PINYIN_FILE } from '../lib/keyboard/pinyin-table.ts'
import { buildPinyinTable } from './build-pinyin-table.ts'

const file = fileURLToPath(new URL(`../public/${PINYIN_FILE}`, import.meta.url))
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, JSON.stringify(buildPinyinTable()))
