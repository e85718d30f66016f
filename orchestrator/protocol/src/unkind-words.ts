/**
 * Words that stand in no film's title, by language; whoever types one may have chosen another language on the screen, so all
 * count everywhere. What a crowd really types, and no more. Words that are somebody's name are left out (Dick, Fanny, Isis,
 * Paki, Semen, Marica, Gago), and what no list catches a moderator holds back.
 */
import type { Language } from './languages.ts'

/** Each of these is refused where it is the whole name or one of its words. */
export const UNKIND_WORDS: Readonly<Record<Language, string>> = {
  en: 'shit bullshit cunt bitch bastard asshole arse arsehole ass twat wanker pussy penis vagina dildo anus anal porn porno sex sexy whore slut retard retarded tits titties boobs cock cocks cum jizz wank prick bollocks knobhead dickhead douche milf hentai orgy blowjob handjob pedo paedo pedophile poop poopy fart turd fck fcuk fuq kys wtf stfu nibba fag faggot kike spic chink gook tranny rapist rape nazi kkk idiot moron coon coons wetback wetbacks raghead ragheads towelhead niqqa niqqas niqqer',
  it: 'cazzo merda stronzo stronza puttana troia vaffanculo minchia culo frocio coglione zoccola negro figa fica cazzi fanculo bastardo pompino scopare tette mignotta ricchione pirla porcodio diocane dioporco porcamadonna',
  fr: 'merde putain pute salope salaud connard connasse encule enculer nique batard pede negre bougnoule couille couilles bite cul chatte nichons pouffiasse enfoire branleur caca ducon gouine niquetamere filsdepute',
  de: 'scheisse scheiß arsch arschloch fotze hure hurensohn wichser ficken fick nutte schlampe missgeburt neger kanake schwuchtel spast spasti depp titten kacke scheiss schwanz ficker fickdich muschi wixer wixxer drecksau judensau schlampen arschficker miststueck',
  es: 'puta puto mierda coño cabron gilipollas pendejo maricon joder culo culero zorra hijueputa putas chinga chingar chingada cojones verga polla pajero mamon culiao pendeja huevon maricones tetas follar chingatumadre conchatumadre',
  pt: 'caralho porra foda foder buceta viado cuzao arrombado bicha boceta bosta cacete otario xoxota punheta filhadaputa fodase piranha cuzao putinha',
  ar: 'كس كسمك شرموطة شرموط عاهرة زب قحبة منيوك طيز متناك خنيث كسختك كسامك زبي خول انيك لعنة حمار خرا',
  ja: 'しね 死ね ちんこ ちんぽ まんこ ばか 馬鹿 あほ くそ うんこ うんち きちがい せっくす きもい ぶす ころす 殺す ちんちん おちんちん ちんぽこ おまんこ きんたま おっぱい ぱいおつ ちくび うんちっち しっこ おしっこ へんたい 変態 えっち えろ くたばれ れいぷ やりまん びっち ふぁっく がいじ ごみくず 糞 阿呆 気違い',
  ko: '시발 씨발 씨팔 병신 개새끼 새끼 좆 지랄 창녀 미친놈 미친년 보지 자지 섹스 ㅅㅂ ㅂㅅ ㅈㄹ ㅗ 존나 좆같은 걸레년 엿먹어 똥 변태 호로새끼 느금마 니애미 고추 꼬추 빠구리 죽어 야동',
  zh: '傻逼 傻屄 操你妈 草泥马 妈的 他妈的 鸡巴 婊子 贱人 王八蛋 混蛋 去死 色情 傻b 傻比 傻叉 煞笔 沙比 沙雕 狗屎 狗日的 屎 大便 尼玛 你妈的 媽的 他媽的 幹你娘 操你媽 艹 肏 日你妈 滚蛋 妓女 强奸 阴茎 阴道 屌 屌丝 脑残 智障 变态 畜生 賤人 贱货 骚货 nmsl',
}

/** What visitors of other languages bring along, refused alike. */
export const UNKIND_WORDS_OF_GUESTS: Readonly<Record<string, string>> = {
  ru: 'хуй хуи хуйня хуесос нахуй сука суки блядь бля блядина пизда пиздец ебать ебал ебаный мудак гандон пидор пидорас педик шлюха залупа говно жопа гнида',
  uk: 'курва хуйло лайно срака підор',
  pl: 'kurwa chuj huj pizda jebac jebany cipa skurwysyn spierdalaj dupa gowno cwel',
  cs: 'kurva kokot zmrd hovno',
  tr: 'orospu orospucocugu siktir yarrak amcik gotveren ibne sikerim',
  nl: 'klootzak neuken kankerlijer hoer teringlijer flikker',
  nordic: 'fitta fitte knulla jävla kusipää vittu huora',
  hu: 'fasz kurva picsa buzi',
  ro: 'muie pizda curva futute',
  hr: 'kurac picka jebem jebote govno',
  el: 'μαλακας μαλακα γαμω πουτανα σκατα μουνι',
  hi: 'chutiya madarchod bhenchod behenchod gandu bhosdike चूतिया मादरचोद भोसडी',
  tl: 'putangina tangina ulol',
  id: 'kontol memek bangsat ngentot',
  vi: 'ditme',
  he: 'זונה שרמוטה',
}

/**
 * Refused where one of these is all of the name, whatever stands between its letters; as one of several words, or beside
 * others, it is a name or a year (Ka Fuk, Anna 88). 88 and its like are signs of those who would have others dead.
 */
export const UNKIND_WHOLE: readonly string[] = 'fuk fuks fukyou fukoff phuk acab 69 88 18 28 1312 hh88 88hh'.split(' ')
/**
 * Refused where these words follow one another, with or without blanks between them; each alone is harmless, and a part of longer
 * words is too (Robin Laden).
 */
export const UNKIND_PHRASES: readonly string[] = [
  ...['gas the jew', 'gas the jews', 'gas jews', 'gas all jews', 'kill the jews', 'kill jews', 'kill all jews', 'white power'],
  ...['ku klux', 'ku klux klan', 'bin laden', 'cao ni ma'],
]

/** And these wherever they stand. */
export const UNKIND_NUMBERS = /1488|8814/

/** Pictures that say what a word would be refused for. */
export const UNKIND_SIGNS = /[🍆🍑🖕💩🔞卐卍࿕࿖]/u

/** Each of these is refused wherever it stands: no name that we know of contains it. */
export const UNKIND_PARTS: readonly string[] =
  'fuck motherf suckmy asshole nigger nigga hitler siegheil heilhitler hurensohn arschloch puttana gilipoll hijodeputa كسام شرموط 씨발 개새끼 操你 傻逼 傻b 狗屎 肏 鸡巴 雞巴 婊子 强奸 ちんちん ちんこ まんこ хуй пизд ебать блядь пидор'.split(
    ' ',
  )
