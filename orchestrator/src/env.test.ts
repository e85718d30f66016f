import { describe, expect, it } from 'vitest'
import { readEnv } from './env.ts'

const least = {
  FANREEL_EVENT_ID: 'milan-2026',
  FANREEL_REDIS_URL: '/run/redis/s',
  FANREEL_MEDIA_ROOT: '/srv/media',
  FANREEL_EVENT_KEY: 'ab'.repeat(32),
}

describe('the environment', () => {
  it('has a default for every knob but four', () => {
    expect(readEnv(least)).toMatchObject({ FANREEL_PORT: 8080, FANREEL_LEASE_MS: 15_000, FANREEL_KIOSK_ORIGINS: [] })
    for (const missing of Object.keys(least)) {
      expect(() => readEnv({ ...least, [missing]: undefined })).toThrow(missing)
    }
  })

  it('S5: names what an S3 store cannot do without, and wants no folder then', () => {
    const { FANREEL_MEDIA_ROOT: _, ...rest } = least
    const s3 = {
      ...rest,
      FANREEL_MEDIA_STORE: 's3',
      FANREEL_S3_ENDPOINT: 'https://s3.example',
      FANREEL_S3_BUCKET: 'films',
      FANREEL_S3_ACCESS_KEY_ID: 'id',
      FANREEL_S3_SECRET_ACCESS_KEY: 'secret',
    }
    expect(readEnv(s3)).toMatchObject({ FANREEL_S3_REGION: 'us-east-1', FANREEL_S3_ADDRESSING: 'path', FANREEL_S3_DIRECT: true })
    for (const missing of Object.keys(s3).filter((name) => name.startsWith('FANREEL_S3_'))) {
      expect(() => readEnv({ ...s3, [missing]: undefined })).toThrow(missing)
    }
  })

  it('names what does not fit, and never the value of a secret', () => {
    const wrong = { ...least, FANREEL_EVENT_KEY: 'secret-and-short', FANREEL_BEAT_MS: '-3' }
    expect(() => readEnv(wrong)).toThrow(/FANREEL_EVENT_KEY.*FANREEL_BEAT_MS/)
    expect(() => readEnv(wrong)).not.toThrow(/secret-and-short/)
  })

  it('reads lists and numbers', () => {
    const env = readEnv({ ...least, FANREEL_PORT: '0', FANREEL_KIOSK_ORIGINS: 'http://localhost:3000, http://10.0.0.2:3000' })
    expect(env).toMatchObject({ FANREEL_PORT: 0, FANREEL_KIOSK_ORIGINS: ['http://localhost:3000', 'http://10.0.0.2:3000'] })
  })
})
