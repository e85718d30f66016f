/** The browser started anew by its agent, or the page loaded again where there is none: asked twice, and said which of the two it is. */
'use client'
import { useEffect, useState } from 'react'
import { type Opened, RestartAnswer } from '../../../lib/kiosk/admin-answers.ts'

/** A browser that ends by itself is gone long before. */
const ENDS_WITHIN_MS = 20_000

const WORDS = {
  agent: {
    button: 'Restart the browser',
    sure: 'The browser ends and is back in about ten seconds. Clips that wait here are kept.',
    go: 'Restart now',
  },
  page: {
    button: 'Load the page again',
    sure: 'No agent keeps this browser: the page alone is loaded again, the browser goes on. Clips that wait here are kept.',
    go: 'Load it now',
  },
}
const SAID = {
  restarting: 'The browser is ending…',
  stayed: 'The browser did not end. Restart the box.',
  expired: 'The PIN was given too long ago. Close this and open it again.',
  none: 'The kiosk’s own server does not answer. Restart the box.',
}

const ask = async (pass: string): Promise<'restarting' | 'alone' | 'expired' | 'none'> => {
  const response = await fetch('/admin', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pass, wish: 'restart' }),
  }).catch(() => undefined)
  return RestartAnswer.safeParse(await response?.json().catch(() => undefined)).data?.answer ?? 'none'
}

export const Restart = ({ opened }: { opened: Opened }) => {
  const [way, setWay] = useState<keyof typeof WORDS>(opened.agent ? 'agent' : 'page')
  const [asking, setAsking] = useState(false)
  const [said, setSaid] = useState<keyof typeof SAID>()
  useEffect(() => {
    if (said !== 'restarting') return
    const timer = setTimeout(() => setSaid('stayed'), ENDS_WITHIN_MS)
    return () => clearTimeout(timer)
  }, [said])
  const go = async () => {
    if (way === 'page') return window.location.reload()
    const answer = await ask(opened.pass)
    // The agent went since the settings were opened: what is left is another thing, and is asked for anew.
    if (answer === 'alone') return setWay('page')
    setAsking(false)
    setSaid(answer)
  }
  if (asking)
    return (
      <section className="col-span-2 flex flex-col gap-4" aria-label={WORDS[way].button}>
        <p className="text-body" role="status">
          {WORDS[way].sure}
        </p>
        <div className="grid grid-cols-2 gap-4">
          <button type="button" className="button button-primary px-3! text-lead!" onClick={() => void go()}>
            {WORDS[way].go}
          </button>
          <button type="button" className="button button-quiet px-3! text-lead!" onClick={() => setAsking(false)}>
            Not now
          </button>
        </div>
      </section>
    )
  return (
    <>
      <button
        type="button"
        className="button button-quiet col-span-2 text-lead!"
        onClick={() => {
          setSaid(undefined)
          setAsking(true)
        }}
      >
        {WORDS[way].button}
      </button>
      {said && (
        <p className="col-span-2 text-body text-gold" role="status">
          {SAID[said]}
        </p>
      )}
    </>
  )
}
