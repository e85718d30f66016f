/** The operators' page: sign in by token, then the live floor. The token stays in this tab and goes with it. */
'use client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { type OperatorLink, openOperatorLink } from '../../lib/operator/operator-link.ts'
import { FloorView } from './floor-view.tsx'
import { SignIn } from './sign-in.tsx'

const TOKEN_KEY = 'fanreel-operator-token'

export const OperatorApp = ({ orchestratorUrl, eventId }: { orchestratorUrl: string; eventId: string }) => {
  const [token, setToken] = useState<string | null>(null)
  const [link, setLink] = useState<OperatorLink>()
  useEffect(() => setToken(sessionStorage.getItem(TOKEN_KEY)), [])
  useEffect(() => {
    if (!token) return
    const opened = openOperatorLink({ url: orchestratorUrl || window.location.origin, eventId, token })
    setLink(opened)
    return () => {
      opened.close()
      setLink(undefined)
    }
  }, [token, orchestratorUrl, eventId])
  const signIn = (entered: string) => {
    sessionStorage.setItem(TOKEN_KEY, entered)
    setToken(entered)
  }
  const signOut = () => {
    sessionStorage.removeItem(TOKEN_KEY)
    setToken(null)
  }
  return (
    <main className="operator" lang="en">
      {link ? <Connected link={link} onSignIn={signIn} onSignOut={signOut} /> : <SignIn onToken={signIn} />}
    </main>
  )
}

const Connected = ({
  link,
  onSignIn,
  onSignOut,
}: {
  link: OperatorLink
  onSignIn: (token: string) => void
  onSignOut: () => void
}) => {
  const state = useSyncExternalStore(link.subscribe, link.getState, link.getState)
  if (state.phase === 'refused') return <SignIn onToken={onSignIn} refused={state.code} />
  if (state.phase === 'connecting') {
    return (
      <p className="grid h-screen place-items-center text-mist" role="status">
        Connecting to the orchestrator…
      </p>
    )
  }
  return (
    <FloorView link={link} floor={state.floor} eventName={state.eventName} away={state.phase === 'away'} onSignOut={onSignOut} />
  )
}
