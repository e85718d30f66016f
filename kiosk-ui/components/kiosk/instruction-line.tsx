/** One plain instruction, in words and as a sign that needs no reading. */
'use client'
import { useTranslations } from 'next-intl'
import type { Instruction } from '../../lib/guide/instruction.ts'
import { Icon, type IconName } from '../icons.tsx'

/** Arrows point where the visitor should go, seen as in a mirror; they do not turn with the script. */
const SIGNS: Record<Instruction, IconName> = {
  stepIn: 'person',
  light: 'light',
  lessLight: 'light',
  oneStar: 'person',
  closer: 'closer',
  back: 'back-off',
  left: 'left',
  right: 'right',
  up: 'up',
  down: 'down',
  still: 'person',
  speak: 'microphone',
  ready: 'check',
}

type Props = {
  instruction: Instruction | undefined
  /** There is no picture yet. */
  opening: boolean
}

export const InstructionLine = ({ instruction, opening }: Props) => {
  const t = useTranslations('frame')
  const sign = instruction && (
    <Icon
      name={SIGNS[instruction]}
      className={`mx-[.3em] inline-block size-[1em] stroke-[2.6] align-[-.14em] ${instruction === 'ready' ? '' : 'text-gold'}`}
    />
  )
  return (
    <p
      className={`flex flex-col items-center gap-3 transition-colors ${instruction === 'ready' ? 'text-good' : ''}`}
      role="status"
      data-instruction={instruction}
    >
      {/* The sign stands with the words on their line, however many lines there are. */}
      <span className="display flex min-h-[2.1em] items-center text-title" dir="ltr">
        <span className="text-balance">
          {instruction !== 'right' && sign}
          <bdi>{instruction ? t(`say.${instruction}`) : t(opening ? 'opening' : 'guide')}</bdi>
          {instruction === 'right' && sign}
        </span>
      </span>
      {instruction === 'oneStar' && <span className="text-lead font-semibold text-balance text-gold">{t('others')}</span>}
    </p>
  )
}
