/** Starts the kiosk and puts the visitor's flow on the screen. */
'use client'
import { LANGUAGES, type Language } from '@fanreel/protocol'
import { useEffect, useState } from 'react'
import type { Admission } from '../../lib/flow/flow-types.ts'
import { visitorFlow } from '../../lib/flow/visitor-flow.ts'
import { type Kiosk, startKiosk } from '../../lib/kiosk/kiosk.ts'
import { fetchSettings } from '../../lib/kiosk/settings.ts'
import { pause } from '../../lib/uploader/pause.ts'
import { AttractScreen } from './attract-screen.tsx'
import { BrandProvider } from './brand-context.tsx'
import { ComfortProvider } from './comfort-context.tsx'
import { Flow, KioskProvider } from './kiosk-context.tsx'
import { Screens } from './screens.tsx'
import { Spoken } from './spoken.tsx'

const SETTINGS_RETRY_MS = 3_000

/** The language of the place: the browser's own, where we speak it. */
const homeLanguage = (): Language => LANGUAGES.find((language) => navigator.language.startsWith(language)) ?? 'en'

type Closed = Extract<Admission, { open: false }>['reason']

const startWhenReady = async (signal: AbortSignal, onHindrance: (reason: Closed) => void): Promise<Kiosk> => {
  for (;;) {
    try {
      const settings = await fetchSettings(signal)
      if (settings !== 'not-the-station') return await startKiosk(settings, signal, () => onHindrance('another-page'))
      onHindrance(settings)
    } catch (fault) {
      signal.throwIfAborted()
      // biome-ignore lint/suspicious/noConsole: the only log a kiosk's browser has; no visitor is known yet
      console.warn('kiosk: not ready yet', fault)
    }
    await pause(SETTINGS_RETRY_MS, signal)
  }
}

export const KioskApp = () => {
  const [kiosk, setKiosk] = useState<Kiosk>()
  const [hindrance, setHindrance] = useState<Closed>('connecting')
  // The server that writes the page knows no browser's language.
  const [language, setLanguage] = useState<Language>('en')
  useEffect(() => setLanguage(homeLanguage()), [])
  useEffect(() => {
    // Such a page has neither camera nor a vault that seals: waiting would mend nothing.
    if (!window.isSecureContext) return setHindrance('insecure')
    const leaving = new AbortController()
    let started: Kiosk | undefined
    startWhenReady(leaving.signal, setHindrance).then(
      (ready) => {
        started = ready
        if (leaving.signal.aborted) ready.stop()
        else setKiosk(ready)
      },
      () => undefined,
    )
    return () => {
      leaving.abort()
      started?.stop()
    }
  }, [])

  if (!kiosk) {
    return (
      <ComfortProvider>
        <Spoken language={language}>
          <AttractScreen
            admission={{ open: false, reason: hindrance }}
            worlds={[]}
            language={language}
            // A start takes a moment; what keeps a page from it is read in one's own language.
            {...(hindrance !== 'connecting' && { onLanguage: setLanguage })}
          />
        </Spoken>
      </ComfortProvider>
    )
  }
  return (
    <KioskProvider value={kiosk}>
      <FlowOf kiosk={kiosk} />
    </KioskProvider>
  )
}

const FlowOf = ({ kiosk }: { kiosk: Kiosk }) => {
  const [logic] = useState(() =>
    visitorFlow.provide({
      actions: {
        discardTake: ({ context }) => {
          if (context.take) void kiosk.vault.drop(context.take.takeId)
        },
      },
    }),
  )
  return (
    <Flow.Provider logic={logic} options={{ input: { language: homeLanguage() } }}>
      <BrandProvider value={kiosk.settings.brand}>
        <ComfortProvider>
          <Screens />
        </ComfortProvider>
      </BrandProvider>
    </Flow.Provider>
  )
}
