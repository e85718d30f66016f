/** The language, changed at any step by two touches. */
'use client'
import { LANGUAGES } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { DropdownMenu } from 'radix-ui'
import { LANGUAGE_NAMES } from '../../lib/language-names.ts'
import { Icon } from '../icons.tsx'
import { useFlowContext, useFlowSend } from './kiosk-context.tsx'

export const LanguageSwitch = () => {
  const t = useTranslations('common')
  const { language } = useFlowContext()
  const send = useFlowSend()
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className="glass flex min-h-(--touch) min-w-(--touch) shrink-0 items-center justify-center gap-2 rounded-full! px-4 text-note font-semibold"
        aria-label={`${t('language')}: ${LANGUAGE_NAMES[language]}`}
      >
        <Icon name="globe" className="size-[1.5em]" />
        <span className="language-name max-sm:hidden">{LANGUAGE_NAMES[language]}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        sideOffset={8}
        className="glass appear scroll-quiet z-50 grid max-h-(--radix-dropdown-menu-content-available-height) min-w-[max(220px,calc(var(--u)*64))] grid-cols-2 gap-1 bg-deep! p-2"
        collisionPadding={12}
      >
        {LANGUAGES.map((each) => (
          <DropdownMenu.Item
            key={each}
            lang={each}
            onSelect={() => send({ type: 'LANGUAGE', language: each })}
            className={`flex min-h-(--touch) cursor-pointer items-center rounded-[calc(var(--u)*2)] px-5 text-body font-semibold data-highlighted:bg-ice/15 ${each === language ? 'text-gold' : ''}`}
          >
            {LANGUAGE_NAMES[each]}
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}
