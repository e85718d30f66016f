import { describe, expect, it } from 'vitest'
import { channelCurve, fitCurve } from './develop.ts'

describe('the tone curve', () => {
  it('is met by its polynomial within two of 255', () => {
    for (const curve of [channelCurve(0.006, 0.012), channelCurve(0.008, 0), channelCurve(0.022, -0.015)]) {
      const terms = fitCurve(curve)
      for (let x = 0.02; x <= 1.6; x += 0.01) {
        const met = terms.reduceRight((sum, term) => sum * x + term, 0)
        expect(Math.abs(Math.max(0, Math.min(255, met)) - curve(x))).toBeLessThan(2)
      }
    }
  })

  it('rises all the way and ends at white', () => {
    const curve = channelCurve(0.008, 0)
    for (let x = 0; x < 1.59; x += 0.01) expect(curve(x + 0.01)).toBeGreaterThan(curve(x))
    expect(curve(1.6)).toBeGreaterThan(250)
  })
})
