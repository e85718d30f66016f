/** Chinese names by their sound, from the table that the kiosk is built with. */
import { FirstName, nameFault } from '@fanreel/protocol'
import { describe, expect, it } from 'vitest'
import { buildPinyinTable } from '../../tools/build-pinyin-table.ts'
import { MAX_NAME_LENGTH } from './compose-name.ts'
import { keyboardsOf } from './layouts.ts'
import { CANDIDATES_SHOWN, candidatesOf, composeDraft, type Draft, nameOf, pinyinKey, spokenCandidate } from './pinyin.ts'
import { PinyinTable } from './pinyin-table.ts'

const table = buildPinyinTable()
const EMPTY: Draft = { name: '', letters: '' }
const signs = (letters: string) => candidatesOf(table, letters).map(({ sign }) => sign)
const shown = (draft: Draft, page = 0) =>
  candidatesOf(table, draft.letters).slice(page * CANDIDATES_SHOWN, (page + 1) * CANDIDATES_SHOWN)
/** Each touch on the pinyin keyboard, or on a keyboard of the visitor's own. */
const typed = (keys: string, draft = EMPTY) =>
  [...keys].reduce((before, key) => composeDraft(before, pinyinKey(key, before, shown(before))), draft)
const taken = (draft: Draft, sign: string): Draft => {
  const candidate = candidatesOf(table, draft.letters).find((one) => one.sign === sign)
  if (!candidate) throw new Error(`${sign} is not offered for ${draft.letters}`)
  return composeDraft(draft, { type: 'take', candidate })
}

describe('the table', () => {
  it('knows every syllable and every character of GB 2312, and is what the kiosk reads', () => {
    expect(PinyinTable.parse(JSON.parse(JSON.stringify(table)))).toEqual(table)
    expect(Object.keys(table.syllables).length).toBeGreaterThan(400)
    expect(new Set(Object.values(table.syllables).join('')).size).toBeGreaterThan(6_750)
  })
  it('has names first: of these nine in ten stand on the first page, and all on the first three', () => {
    // Family names with readings of their own (Zeng, Shan, Qiu, Ou) among the commonest, and given names of three generations.
    const names =
      'wang王 li李 zhang张 liu刘 chen陈 yang杨 huang黄 zhao赵 wu吴 zhou周 xu徐 sun孙 lv吕 zeng曾 shan单 qiu仇 ou欧 xie解 ren任 ' +
      'xiao小 ming明 fang芳 na娜 jian建 guo国 qiang强 mei美 li丽 zi子 han涵 shi诗 yu雨 tong桐 hao浩 yu宇 xin欣 yi怡 jie杰 wei伟 jun军 ' +
      'ting婷 jing静 yan燕 ling玲 hua华 ping平 ying英 xue雪 long龙 peng鹏 bo博 rui瑞 chen晨 xuan轩 meng梦 jia佳 qi琪 lan兰 shu淑'
    const places = names.split(' ').map((name) => {
      const [letters = '', sign = ''] = name.split(/(?=\p{Script=Han})/u)
      const place = signs(letters).indexOf(sign)
      expect(place, name).toBeGreaterThanOrEqual(0)
      expect(place, name).toBeLessThan(3 * CANDIDATES_SHOWN)
      return place
    })
    expect(places.filter((place) => place < CANDIDATES_SHOWN).length / places.length).toBeGreaterThan(0.9)
  })
})

describe('writing Chinese', () => {
  it('takes one character after the other, the first syllable first', () => {
    const letters = typed('wangxiaoming')
    expect(nameOf(letters)).toBe('Wangxiaoming')
    const all = ['王', '小', '明'].reduce(taken, letters)
    expect(all).toEqual({ name: '王小明', letters: '' })
    expect(nameOf(taken(typed('lifang'), '李'))).toBe('李fang')
  })
  it('finds where a syllable ends: the longest that leaves syllables behind it, or an apostrophe', () => {
    expect(candidatesOf(table, 'danian')[0]).toEqual({ sign: '大', rest: 'nian' })
    expect(candidatesOf(table, 'xian')[0]?.rest).toBe('')
    expect(candidatesOf(table, "xi'an")[0]).toEqual({ sign: signs('xi')[0], rest: "'an" })
    expect(nameOf(taken(taken(typed("xi'an"), '西'), '安'))).toBe('西安')
    expect(signs('xian')).toEqual(expect.arrayContaining(['先', '西']))
  })
  it('offers names before a syllable is whole, and nothing for what is none', () => {
    expect(signs('zh').slice(0, CANDIDATES_SHOWN)).toContain('张')
    expect(signs('xi').indexOf('西')).toBeLessThan(signs('xi').indexOf('小'))
    for (const none of ['', "'", 'v', 'i', 'u']) expect(signs(none), none).toEqual([])
    for (const letters of ['xi', 'zh', 'yi', 'xiangang'])
      expect(new Set(signs(letters)).size, letters).toBe(signs(letters).length)
  })
  it('is done by keys alone: a space takes the first, a digit the one at its place', () => {
    const first = shown(typed('ming'))
    expect(typed('ming ').name).toBe(first[0]?.sign)
    expect(typed('ming3').name).toBe(first[2]?.sign)
    expect(typed('MING ').name).toBe(first[0]?.sign)
    // With nothing to choose from they are what they are.
    expect(nameOf(typed('ming 7'))).toBe(`${first[0]?.sign}7`)
    expect(nameOf(typed('ming 王'))).toBe(`${first[0]?.sign}王`)
  })
  it('undoes the letters first, then the characters; what was not chosen stays as letters', () => {
    const draft = taken(typed('wangmi'), '王')
    const back = (before: Draft) => composeDraft(before, { type: 'delete' })
    expect(back(draft)).toEqual({ name: '王', letters: 'm' })
    expect(back(back(back(draft)))).toEqual(EMPTY)
    expect(composeDraft(typed('anna'), { type: 'settle' })).toEqual({ name: 'Anna', letters: '' })
    expect(composeDraft(typed('anna'), { type: 'text', text: '-' })).toEqual({ name: 'Anna-', letters: '' })
    expect(typed("'a''")).toEqual({ name: "'", letters: "a'" })
  })
  it('never grows past what the title holds, letters counted', () => {
    const long = typed('ma'.repeat(30))
    expect(nameOf(long)).toHaveLength(MAX_NAME_LENGTH)
    let draft = long
    while (draft.letters !== '') {
      draft = taken(draft, '马')
      expect(FirstName.safeParse(nameOf(draft)).success).toBe(true)
    }
    expect(nameOf(draft)).toBe('马'.repeat(MAX_NAME_LENGTH / 2))
  })
  it('is judged by the rules of names, in letters and in characters', () => {
    expect(nameFault(nameOf(typed('caonima')))).toBe('unkind')
    expect(nameFault(nameOf(['草', '泥', '马'].reduce(taken, typed('caonima'))))).toBe('unkind')
    expect(nameFault(nameOf(taken(typed('shi'), '屎')))).toBe('unkind')
    expect(nameFault(nameOf(['曹', '玛'].reduce(taken, typed('caoma'))))).toBeUndefined()
  })
  it('tells by ear which of those that sound alike is meant', () => {
    expect(spokenCandidate(table, '国')).toMatch(/^国，(?:国.|.国)的国$/u)
    const page = shown(typed('ming'))
    expect(new Set(page.map(({ sign }) => spokenCandidate(table, sign))).size).toBe(page.length)
    expect(spokenCandidate({ ...table, words: {} }, '国')).toBe('国')
  })
  it('has a keyboard of its own in Chinese alone', () => {
    expect(keyboardsOf('zh').map(({ id }) => id)).toEqual(['pinyin', 'letters', 'accents'])
    expect(keyboardsOf('ja').map(({ id }) => id)).toEqual(['kana', 'katakana', 'letters', 'accents'])
  })
})
