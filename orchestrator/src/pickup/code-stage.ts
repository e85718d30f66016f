/** The stage on which a short code is typed. It works without JavaScript, and no code ever stands in an address. */
import type { Language } from '@fanreel/protocol'
import { markup } from './markup.ts'
import { headline, noticeOf, type Stage } from './stage.ts'
import { wordsOf } from './words/words-of.ts'

/** Room for the code, its hyphen and a few spaces. */
const MAX_TYPED = 24

/** @param fault what was wrong with the last try */
export const codeStage = (language: Language, query: string, fault?: 'wrong' | 'too-many'): Stage => {
  const { title, text, label, open, wrong, tooMany } = wordsOf(language).code
  const complaint = fault && markup`<p class="wrong" id="wrong" role="alert">${fault === 'wrong' ? wrong : tooMany}</p>`
  const form = markup`<form class="code" method="post" action="/code${query}"><label for="code">${label}</label>
    <input id="code" name="code" dir="ltr" placeholder="____-____" maxlength="${MAX_TYPED}" autocomplete="off" autocapitalize="characters"
      spellcheck="false" autocorrect="off" enterkeyhint="go" required aria-describedby="${fault ? 'wrong' : ''}">
    ${complaint}<button class="button primary">${open}</button></form>`
  return {
    kind: 'code',
    key: 'code',
    title,
    live: false,
    values: {},
    notice: noticeOf('code', language),
    html: markup`${headline(title, text)}${form}`.html,
  }
}
