/** The event's own look, for whatever draws it. */
'use client'
import type { Brand } from '@fanreel/protocol'
import { createContext, useContext } from 'react'

const BrandContext = createContext<Brand | undefined>(undefined)
export const BrandProvider = BrandContext.Provider
export const useBrand = () => useContext(BrandContext)

export const BrandLogo = ({ className }: { className: string }) => {
  const brand = useBrand()
  if (!brand?.logo) return null
  // biome-ignore lint/performance/noImgElement: a file of the kiosk's own server, whose size is the integrator's
  return <img src={`/brand/${brand.logo}`} alt={brand.name} className={className} />
}
