/**
 * Which characters each Chinese syllable may be: made when the kiosk is built (`tools/build-pinyin-table.ts`), fetched from the
 * kiosk's own server by the first visitor who writes Chinese, and kept.
 */
import { z } from 'zod'

export const PinyinTable = z.object({
  /** Characters by syllable (`lv` for lü), those of names first. */
  syllables: z.record(z.string(), z.string()),
  /** The commonest characters of all, in order. */
  common: z.string(),
  /** A word of two characters by which each is known. */
  words: z.record(z.string(), z.string()),
})
export type PinyinTable = z.infer<typeof PinyinTable>

/** Under `public/`. */
export const PINYIN_FILE = 'generated/pinyin.json'

let table: Promise<PinyinTable> | undefined

/** @throws where the file is not served, or is another: the next one to ask tries again */
export const loadPinyinTable = (): Promise<PinyinTable> => {
  table ??= fetch(`/${PINYIN_FILE}`)
    .then(async (answer) => {
      if (!answer.ok) throw new Error(`${PINYIN_FILE}: ${answer.status}`)
      return PinyinTable.parse(await answer.json())
    })
    .catch((error: unknown) => {
      table = undefined
      throw error
    })
  return table
}
