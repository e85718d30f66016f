/** Spoken guidance: the station's own voices, where it has one for the visitor's language. Nothing is sent anywhere. */
'use client'
import type { Language } from '@fanreel/protocol'
import { useLocale } from 'next-intl'
import { useEffect, useState } from 'react'
import { speaks } from '../../lib/comfort/voice-language.ts'
import { useComfort } from './comfort-context.tsx'

/** A voice for a language; one that speaks on this machine before one that asks a server. */
const voiceFor = (language: Language): SpeechSynthesisVoice | undefined => {
  const fitting = speechSynthesis.getVoices().filter(({ lang, localService }) => localService && speaks(lang, language))
  return fitting.find((voice) => voice.default) ?? fitting[0]
}

/** The voice of the present language; undefined where this machine has none. */
export const useVoice = (): SpeechSynthesisVoice | undefined => {
  const language = useLocale()
  const [voice, setVoice] = useState<SpeechSynthesisVoice>()
  useEffect(() => {
    if (!('speechSynthesis' in window)) return
    const look = () => setVoice(voiceFor(language))
    look()
    // Voices are loaded after the page.
    speechSynthesis.addEventListener('voiceschanged', look)
    return () => speechSynthesis.removeEventListener('voiceschanged', look)
  }, [language])
  return voice
}

const nameOf = (element: Element): string => {
  const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent ?? ''
  return label.trim()
}

/**
 * Reads out what a screen says when it comes (its headline and what is marked `data-say`), each change of what tells the
 * visitor something, and whatever takes the focus.
 */
export const Guidance = ({ moment }: { moment: string }) => {
  const voice = useVoice()
  const { comfort } = useComfort()
  const on = comfort.speech
  // biome-ignore lint/correctness/useExhaustiveDependencies: each moment is read out anew
  useEffect(() => {
    if (!on || !voice) return
    const stage = document.querySelector('.kiosk')
    if (!stage) return
    const say = (text: string, after: boolean) => {
      const words = text.trim()
      if (!words) return
      if (!after) speechSynthesis.cancel()
      const utterance = new SpeechSynthesisUtterance(words)
      utterance.voice = voice
      utterance.lang = voice.lang
      speechSynthesis.speak(utterance)
    }
    const parts = [...stage.querySelectorAll('h1, [data-say]')].map((part) => part.textContent?.trim() ?? '')
    say(parts.join('. '), false)
    const hear = new MutationObserver((changes) => {
      const told = changes.map(({ target }) =>
        (target instanceof Element ? target : target.parentElement)?.closest('[role=status], [aria-live=polite]'),
      )
      for (const one of new Set(told)) if (one) say(one.textContent ?? '', true)
    })
    hear.observe(stage, { subtree: true, childList: true, characterData: true })
    const focus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches('button, [role]')) say(nameOf(event.target), false)
    }
    stage.addEventListener('focusin', focus as EventListener)
    return () => {
      hear.disconnect()
      stage.removeEventListener('focusin', focus as EventListener)
      speechSynthesis.cancel()
    }
  }, [on, voice, moment])
  return null
}
