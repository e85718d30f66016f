/** The page around every screen. Rendered for each request, so that a front door may give its scripts a nonce. */
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import '../styles/globals.css'

export const metadata = { title: 'Fanreel', referrer: 'no-referrer' as const, robots: { index: false } }
export const viewport = { width: 'device-width', initialScale: 1, themeColor: '#04060e' }

const Layout = async ({ children }: { children: ReactNode }) => {
  await connection()
  return (
    <html lang="en" suppressHydrationWarning>
      <body>{children}</body>
    </html>
  )
}
export default Layout
