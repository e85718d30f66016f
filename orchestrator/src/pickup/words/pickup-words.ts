/** Every word of the pickup page. Each language fills the whole of this type: a missing sentence does not compile. */
import type { ClipCode, RenderStage, VisitCode } from '@fanreel/protocol'
import type { ErasedPart } from '../../visits/erased-parts.ts'
import type { PickupKind } from '../pickup-kind.ts'

export type PickupWords = {
  /** Headline and one or two sentences under it. */
  kinds: Record<PickupKind, { title: string; text: string }>
  /** Headline of a finished film with the visitor's first name in place of `{name}`. */
  readyWithName: string
  queued: {
    /** Under the number of films that come first. */
    before: string
    next: string
    wait: string
    /** Where nobody can know the wait. */
    waitUnknown: string
  }
  rendering: { remaining: string; almost: string }
  stages: Record<RenderStage, string>
  /** Why a film could not be made; sentences about the clip stand in the protocol. */
  failures: Record<Exclude<VisitCode, ClipCode>, string>
  /** What to do after a failure. */
  recordAgain: string
  /** What to do where nothing comes any more. */
  another: string
  /** Why nothing may have come yet. */
  patience: string
  /** This page looks for news by itself. */
  live: string
  actions: { save: string; preparing: string; download: string; share: string; copied: string; play: string }
  shareNote: string
  /** In a browser inside another app, which cannot save: why, the way out, and how to take the link along. */
  inApp: { text: string; open: string; copy: string }
  /** `{date}` is the day the film is deleted. */
  keptUntil: string
  /** That this film is AI-generated; and, where no film is or comes, that those made here are. */
  aiNotice: string
  aiNoticeOfAll: string
  captions: {
    /** Names the track: it says what is heard, and has none of the words that are said. */
    label: string
    heard: { voice: string; music: string; cheering: string }
  }
  erase: { ask: string; text: string; confirm: string }
  /** What was deleted, part by part, under a heading; and what nobody but those who have it can delete. */
  erased: { title: string; parts: Record<ErasedPart, string>; beyondUs: string }
  preview: string
  tell: {
    /** On the button that asks to be told by the phone itself. */
    ask: string
    asked: string
    /** Where a phone cannot be told, or nobody has asked. */
    keepOpen: string
    /** Title of the page and of the notice. */
    ready: string
    readyText: string
    /** A notice about a film that does not come. */
    other: string
    otherText: string
  }
  /** The page on which a short code is typed. */
  code: {
    title: string
    text: string
    label: string
    open: string
    wrong: string
    tooMany: string
    /** On the way to it. */
    have: string
  }
  /** Names the list of languages. */
  languages: string
}
