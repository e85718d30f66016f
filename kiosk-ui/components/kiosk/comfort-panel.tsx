/** Four wishes that make the kiosk easier to use, two touches away on every screen. */
'use client'
import { useTranslations } from 'next-intl'
import { Dialog, Switch } from 'radix-ui'
import { COMFORTS } from '../../lib/comfort/comfort.ts'
import { Icon, type IconName } from '../icons.tsx'
import { useComfort } from './comfort-context.tsx'
import { useVoice } from './guidance.ts'

const PICTURES: Record<(typeof COMFORTS)[number], IconName> = {
  low: 'lower',
  large: 'letters',
  contrast: 'contrast',
  speech: 'speaker',
}

type Props = {
  className?: string
  /** The corner of the screen in which the button lies: the panel opens there. */
  at?: 'top-end' | 'foot-start'
}

export const ComfortPanel = ({ className = '', at = 'top-end' }: Props) => {
  const t = useTranslations('comfort')
  const { comfort, wish } = useComfort()
  const voice = useVoice()
  const any = COMFORTS.some((name) => comfort[name])
  return (
    <Dialog.Root>
      <Dialog.Trigger
        className={`glass grid size-(--touch) shrink-0 place-items-center rounded-full! ${any ? 'border-gold! text-gold' : ''} ${className}`}
        aria-label={t('open')}
        onClick={(event) => event.stopPropagation()}
      >
        <Icon name="ease" className="size-[52%]" />
      </Dialog.Trigger>
      <Dialog.Portal container={typeof document === 'undefined' ? null : document.querySelector<HTMLElement>('.kiosk')}>
        <Dialog.Overlay className="appear absolute inset-0 z-40 bg-night/80" onClick={(event) => event.stopPropagation()} />
        <Dialog.Content
          className="sheet glass rise scroll-quiet absolute z-50 flex flex-col gap-4 bg-deep! p-7"
          data-at={at}
          aria-describedby={undefined}
          onClick={(event) => event.stopPropagation()}
        >
          <Dialog.Title className="display text-head">{t('title')}</Dialog.Title>
          {COMFORTS.map((name) => {
            const silent = name === 'speech' && !voice
            return (
              // biome-ignore lint/a11y/noLabelWithoutControl: the control inside is Radix's switch
              <label
                key={name}
                className={`flex min-h-[max(80px,calc(var(--u)*11))] shrink-0 items-center gap-5 rounded-card border border-line px-5 py-2 text-lead font-semibold ${silent ? '' : 'cursor-pointer'} ${comfort[name] ? 'border-gold! bg-gold/10' : ''}`}
              >
                <Icon name={PICTURES[name]} className="size-[1.7em] shrink-0" />
                <span className="flex grow flex-col">
                  {t(name)}
                  {silent && <span className="text-note font-normal text-mist">{t('noVoice')}</span>}
                </span>
                <Switch.Root
                  checked={comfort[name]}
                  disabled={silent}
                  onCheckedChange={(on) => wish(name, on)}
                  className="switch"
                  aria-label={t(name)}
                >
                  <Switch.Thumb className="switch-thumb" />
                </Switch.Root>
              </label>
            )
          })}
          <Dialog.Close className="button button-primary mt-2 w-full shrink-0">{t('close')}</Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
