/**
 * Words that stand in no film's title, by language; whoever types one may have chosen another language on the screen, so all
 * count everywhere. Kept short on purpose: what a crowd really types. Words that are somebody's name are left out (Dick,
 * Fanny, Isis, Paki), and what no list catches a moderator holds back.
 */
import type { Language } from './languages.ts'

/** Each of these is refused where it is the whole name or one of its words. */
export const UNKIND_WORDS: Readonly<Record<Language, string>> = {
  en: 'shit bullshit cunt bitch bastard asshole arse arsehole ass twat wanker pussy penis vagina dildo anus anal porn porno sex sexy whore slut retard retarded fag faggot kike spic chink gook tranny rapist rape nazi kkk idiot moron',
  it: 'cazzo merda stronzo stronza puttana troia vaffanculo minchia culo frocio coglione zoccola negro figa',
  fr: 'merde putain pute salope salaud connard connasse encule enculer nique batard pede negre bougnoule couille',
  de: 'scheisse scheiß arsch arschloch fotze hure hurensohn wichser ficken fick nutte schlampe missgeburt neger kanake schwuchtel spast depp titten',
  es: 'puta puto mierda coño cabron gilipollas pendejo maricon joder culo culero zorra hijueputa',
  pt: 'caralho porra foda foder buceta viado cuzao arrombado bicha boceta',
  ar: 'كس كسمك شرموطة شرموط عاهرة زب قحبة منيوك طيز متناك خنيث',
  ja: 'しね 死ね ちんこ ちんぽ まんこ ばか 馬鹿 あほ くそ うんこ うんち きちがい せっくす きもい ぶす ころす 殺す',
  ko: '시발 씨발 씨팔 병신 개새끼 새끼 좆 지랄 창녀 미친놈 미친년 보지 자지 섹스 ㅅㅂ ㅂㅅ',
  zh: '傻逼 傻屄 操你妈 草泥马 妈的 他妈的 鸡巴 婊子 贱人 王八蛋 混蛋 去死 色情',
}

/** Each of these is refused wherever it stands: no name that we know of contains it. */
export const UNKIND_PARTS: readonly string[] =
  'fuck motherf asshole nigger nigga hitler siegheil heilhitler hurensohn arschloch puttana gilipoll hijodeputa كسام شرموط 씨발 개새끼 操你 傻逼 ちんこ まんこ'.split(
    ' ',
  )
