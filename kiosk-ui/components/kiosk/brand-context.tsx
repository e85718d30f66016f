/** The event's own look, for whatever draws it. */
'use client'
import type { Brand } from '@fanreel/protocol'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'

const BrandContext = createContext<Brand | undefined>(undefined)
const MissContext = createContext<(file: string) => void>(() => undefined)
export const useBrand = () => useContext(BrandContext)
/** To be told which picture of the brand cannot be drawn. */
export const useMissPicture = () => useContext(MissContext)

/** The brand without the pictures that could not be drawn: where one is broken, what would stand there without a brand stays. */
export const BrandProvider = ({ value, children }: { value: Brand | undefined; children: ReactNode }) => {
  const [missing, setMissing] = useState<readonly string[]>([])
  const miss = useCallback((file: string) => setMissing((before) => [...before, file]), [])
  const brand = useMemo(() => {
    if (!value) return undefined
    const { logo, background, ...rest } = value
    const isThere = (file: string | undefined): file is string => file !== undefined && !missing.includes(file)
    return { ...rest, ...(isThere(logo) && { logo }), ...(isThere(background) && { background }) }
  }, [value, missing])
  return (
    <BrandContext.Provider value={brand}>
      <MissContext.Provider value={miss}>{children}</MissContext.Provider>
    </BrandContext.Provider>
  )
}

export const BrandLogo = ({ className }: { className: string }) => {
  const brand = useBrand()
  const miss = useMissPicture()
  const logo = brand?.logo
  if (!logo) return null
  // biome-ignore lint/performance/noImgElement: a file of the kiosk's own server, whose size is the integrator's
  return <img src={`/brand/${logo}`} alt={brand.name} className={className} onError={() => miss(logo)} />
}
