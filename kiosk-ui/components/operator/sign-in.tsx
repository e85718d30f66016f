/** One field, and what to do about each refusal. */
'use client'
import { useId, useState } from 'react'

const UNKNOWN = 'This token is not known here. Make one with `orchestrator issue-token --kind operator`.'
const REASONS: Record<string, string> = {
  unauthorised: UNKNOWN,
  // What does not even look like a token.
  'bad-message': UNKNOWN,
  'event-unknown': 'This page belongs to another event than the orchestrator. Check FANREEL_EVENT_ID of both.',
  'protocol-version': 'This page and the orchestrator are of different versions. Reload the page, or update it.',
}

export const SignIn = ({ onToken, refused }: { onToken: (token: string) => void; refused?: string }) => {
  const id = useId()
  const [token, setToken] = useState('')
  return (
    <form
      className="mx-auto flex min-h-screen max-w-105 flex-col justify-center gap-5 p-6"
      onSubmit={(event) => {
        event.preventDefault()
        if (token.trim()) onToken(token.trim())
      }}
    >
      <h1 className="display text-[44px]">Fanreel floor</h1>
      <label htmlFor={id} className="text-mist">
        Operator token
      </label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.target.value)}
        className="h-12 rounded-lg border border-line bg-deep px-4 font-mono text-[16px]"
      />
      {refused && (
        <p role="alert" className="text-gold">
          {REASONS[refused] ?? `Turned away: ${refused}.`}
        </p>
      )}
      <button type="submit" className="plain plain-strong h-12">
        Open the floor
      </button>
    </form>
  )
}
