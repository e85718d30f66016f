/** Ten digits and the answer of the kiosk's server. */
'use client'
import { useState } from 'react'
import { type Opened, PinAnswers } from '../../../lib/kiosk/admin-answers.ts'
import { Icon } from '../../icons.tsx'

const SAID = { wrong: 'Not this one.', closed: 'Too many wrong ones. Try again in a minute.', none: 'No answer. Try again.' }
const MOST_DIGITS = 12

export const PinPad = ({ onRight }: { onRight: (opened: Opened) => void }) => {
  const [pin, setPin] = useState('')
  const [said, setSaid] = useState<keyof typeof SAID>()
  const add = (digit: string) => {
    setSaid(undefined)
    setPin((before) => (before + digit).slice(0, MOST_DIGITS))
  }
  const ask = async () => {
    const response = await fetch('/admin', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pin }),
    }).catch(() => undefined)
    setPin('')
    const parsed = PinAnswers.safeParse(await response?.json().catch(() => undefined))
    if (!parsed.success) return setSaid('none')
    if (parsed.data.answer === 'open') onRight(parsed.data)
    else setSaid(parsed.data.answer)
  }
  return (
    <form
      className="m-auto flex w-full max-w-[calc(var(--u)*64)] flex-col gap-5 landscape:gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void ask()
      }}
    >
      <output
        className="display min-h-[1.2em] text-center text-hero landscape:text-title tracking-[.2em]"
        aria-label={`${pin.length} digits`}
      >
        {'•'.repeat(pin.length)}
      </output>
      <p className="min-h-[1.4em] text-center text-lead text-gold" role="status">
        {said ? SAID[said] : 'The PIN, please.'}
      </p>
      <div className="grid grid-cols-3 gap-4 landscape:gap-3">
        {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
          <button key={digit} type="button" className="button button-quiet px-0!" onClick={() => add(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" className="button button-quiet px-0!" aria-label="Delete" onClick={() => setPin('')}>
          <Icon name="erase" />
        </button>
        <button type="button" className="button button-quiet px-0!" onClick={() => add('0')}>
          0
        </button>
        <button type="submit" className="button button-primary px-0!" disabled={pin === ''}>
          OK
        </button>
      </div>
    </form>
  )
}
