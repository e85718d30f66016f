/** The short code beside the QR code, for a phone that cannot scan. It comes with the network; the QR code does not wait for it. */
'use client'
import type { PickupToken, VisitId } from '@fanreel/protocol'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { useKiosk } from './kiosk-context.tsx'

/** @param known whether the orchestrator knows the visit by now: before, there is no code */
export const ShortCode = ({ visitId, token, known }: { visitId: VisitId; token: PickupToken; known: boolean }) => {
  const t = useTranslations('pickup')
  const kiosk = useKiosk()
  const [code, setCode] = useState<string>()

  useEffect(() => {
    let here = true
    if (known) void kiosk.uploader.code(visitId).then((found) => here && setCode(found))
    return () => {
      here = false
    }
  }, [kiosk, visitId, known])

  const page = kiosk.pickupUrl(token)
  if (!code || !URL.canParse(page)) return null
  return (
    <p
      className="flex flex-wrap items-baseline justify-center gap-x-4 gap-y-1 text-center text-body text-mist landscape:justify-start landscape:text-start"
      data-testid="short-code"
    >
      <span>{t('noCamera')}</span>
      <b className="text-ice" dir="ltr">
        {new URL(page).host}/code
      </b>
      <b className="text-lead tracking-widest text-gold" dir="ltr">
        <span aria-hidden="true">{`${code.slice(0, 4)}-${code.slice(4)}`}</span>
        <span className="sr-only">{[...code].join(' ')}</span>
      </b>
    </p>
  )
}
