/** The one sentence of a screen. Takes the focus when the screen comes, so that it is read out first. */
'use client'
import { type ReactNode, useEffect, useRef } from 'react'

export const Headline = ({ children, className = 'text-title' }: { children: ReactNode; className?: string }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <h1 ref={heading} tabIndex={-1} className={`display rise ${className}`}>
      {children}
    </h1>
  )
}
