/** The invitation: a film of the world in motion, three words, one call. Also says, kindly, why nobody is taken in. */
'use client'
import { LANGUAGES, type Language } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { type Admission, FLOW_MS } from '../../lib/flow/flow-types.ts'
import { spokenWait } from '../../lib/flow/progress-of.ts'
import { LANGUAGE_NAMES } from '../../lib/language-names.ts'
import type { World } from '../../lib/packs/pack-shelf.ts'
import { Icon } from '../icons.tsx'
import { BrandLogo } from './brand-context.tsx'
import { ComfortPanel } from './comfort-panel.tsx'
import { Scenery } from './scenery.tsx'
import { WorldTurns } from './world-turns.tsx'

/** A sign that needs no reading, what is the matter, and what becomes of it. */
const CLOSED = {
  connecting: ['hourglass', 'attract.connecting', 'attract.connectingWhy'],
  insecure: ['camera', 'camera.insecure', 'camera.insecureWhy'],
  'not-the-station': ['search', 'attract.notTheStation', 'attract.notTheStationWhy'],
  'another-page': ['pages', 'attract.anotherPage', 'attract.anotherPageWhy'],
  paused: ['pause', 'attract.paused', 'attract.pausedWhy'],
  'no-nodes': ['hourglass', 'attract.noNodes', 'attract.noNodesWhy'],
  overloaded: ['hourglass', 'attract.overloaded', 'attract.overloadedWhy'],
  'out-of-order': ['tool', 'attract.outOfOrder', 'attract.outOfOrderWhy'],
  'out-of-order-untold': ['tool', 'attract.outOfOrder', 'attract.outOfOrderTell'],
} as const

const Call = ({ waitMs }: { waitMs: number | undefined }) => {
  const t = useTranslations('attract')
  const wait = waitMs !== undefined && waitMs >= FLOW_MS.LONG_WAIT ? spokenWait(waitMs) : undefined
  return (
    <div className="flex flex-col items-center gap-6 landscape:items-start landscape:gap-4">
      {/* Before the call: whoever reads from the top knows the wait before they touch. */}
      {wait && 'minutes' in wait && <p className="text-lead font-semibold text-balance text-gold">{t('wait', wait)}</p>}
      <span className="relative inline-grid shrink-0">
        <span
          className="pointer-events-none absolute inset-0 rounded-full border-[max(3px,calc(var(--u)*.6))] border-gold"
          style={{ animation: 'ring 2.2s ease-out infinite' }}
          aria-hidden="true"
        />
        <button
          type="button"
          className="button button-primary min-h-[max(88px,calc(var(--u)*15))]! px-10! text-[calc(max(28px,var(--u)*7*var(--script,1))*var(--title-scale,1))]! whitespace-nowrap"
        >
          {t('touch')}
        </button>
      </span>
    </div>
  )
}

type Props = {
  admission: Admission
  worlds: World[]
  language: Language
  /** Clips that have not left this kiosk yet: the team's eyes look for it. */
  waiting?: number
  onTouch?: () => void
  onLanguage?: (language: Language) => void
}

/** Every language by its own name, and what makes the kiosk easier, before the first touch. */
const Languages = ({ language, onLanguage }: { language: Language; onLanguage: (language: Language) => void }) => {
  const t = useTranslations('common')
  return (
    <nav
      className="portrait:-mx-6 grid grid-cols-[auto_repeat(5,minmax(max-content,auto))] items-center justify-center pt-3 landscape:justify-start"
      aria-label={t('language')}
    >
      <ComfortPanel className="row-span-2 me-2" at="foot-start" />
      {LANGUAGES.map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={each === language}
          onClick={(event) => {
            event.stopPropagation()
            onLanguage(each)
          }}
          className={`min-h-[max(72px,calc(var(--u)*7.4))] min-w-[max(72px,calc(var(--u)*9))] rounded-full px-1.5 text-note font-semibold whitespace-nowrap ${each === language ? 'chosen bg-ice/20 text-ice' : 'text-mist'}`}
        >
          {LANGUAGE_NAMES[each]}
        </button>
      ))}
    </nav>
  )
}

export const AttractScreen = ({ admission, worlds, language, waiting = 0, onTouch, onLanguage }: Props) => {
  const t = useTranslations()
  const shown = worlds.filter(({ loop, poster }) => loop ?? poster)
  const words = admission.open ? undefined : CLOSED[admission.reason]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the whole screen may be touched; the button inside serves keyboards
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div className="attract absolute inset-0 flex flex-col justify-end" onClick={onTouch}>
      {shown.length > 0 && admission.open ? (
        // In portrait higher than it was framed, so that the headline stands below the star's face; in landscape beside the words.
        <>
          <div className="absolute inset-0 portrait:hidden">
            <Scenery />
          </div>
          <WorldTurns
            worlds={shown}
            language={language}
            className="absolute inset-0 landscape:inset-x-auto landscape:end-[9%] landscape:aspect-9/16 landscape:h-full landscape:[mask-image:linear-gradient(90deg,transparent,#000_14%,#000_86%,transparent)]"
            framing="portrait:origin-top portrait:-translate-y-[17%] portrait:scale-[1.18]"
          />
        </>
      ) : (
        <Scenery />
      )}
      <div
        className="absolute inset-0 bg-[linear-gradient(180deg,rgb(from_var(--night)_r_g_b/0.15),transparent_24%)] landscape:bg-[linear-gradient(180deg,transparent_60%,rgb(from_var(--night)_r_g_b/0.7)_96%)]"
        aria-hidden="true"
      />
      {waiting > 0 && (
        <p
          className="glass absolute start-6 top-[max(72px,calc(var(--u)*12))] z-10 flex items-center gap-3 px-5 py-2 text-note font-semibold"
          data-testid="waiting"
        >
          <Icon name="hourglass" className="size-[1.3em] text-gold" />
          {t('attract.waiting', { clips: waiting })}
        </p>
      )}
      <BrandLogo className="absolute end-6 top-4 z-10 h-[calc(var(--u)*11)] max-w-[46%] object-contain landscape:start-16 landscape:end-auto" />
      <div
        className={`relative z-10 flex flex-col items-center gap-8 px-8 pb-12 text-center portrait:gap-6 portrait:pb-6 landscape:gap-4 landscape:pb-3 ${words ? '' : 'landscape:me-[40%] landscape:items-start landscape:ps-16 landscape:text-start'}`}
      >
        <div className="words-shade landscape:hidden" aria-hidden="true" />
        {words ? (
          <div className="rise flex min-h-[70vh] flex-col items-center justify-center gap-6">
            <Icon name={words[0]} className="size-[calc(var(--u)*16)] text-gold" />
            <h1 className="display text-title">{t(words[1])}</h1>
            <p className="max-w-[40ch] text-lead text-balance text-mist">{t(words[2])}</p>
          </div>
        ) : (
          <>
            <h1 className="display text-hero portrait:text-[calc(max(52px,var(--u)*15*var(--script,1))*var(--title-scale,1))] landscape:text-[calc(max(48px,var(--u)*11.2*var(--script,1))*var(--title-scale,1))]">
              {(['line1', 'line2', 'line3'] as const).map((line, index) => (
                <span
                  key={line}
                  className={`rise block ${index === 2 ? 'bg-[linear-gradient(100deg,var(--gold),var(--gold-deep))] bg-clip-text text-transparent' : ''}`}
                  style={{ '--step': index * 4 } as React.CSSProperties}
                >
                  {t(`attract.${line}`)}
                </span>
              ))}
            </h1>
            <p className="rise max-w-[44ch] text-lead font-medium text-balance" style={{ '--step': 12 } as React.CSSProperties}>
              {t('attract.promise')}
            </p>
            <Call waitMs={admission.open ? admission.waitMs : undefined} />
          </>
        )}
        {onLanguage && <Languages language={language} onLanguage={onLanguage} />}
      </div>
    </div>
  )
}
