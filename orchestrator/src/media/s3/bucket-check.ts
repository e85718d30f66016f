/**
 * What must hold of a bucket before anything of a visitor goes into it (S5): it is there, our keys open it, and what is deleted
 * from it is gone. Says in a sentence what is wrong and what to do.
 */
import type { Logger } from 'pino'
import { AppError } from '../../errors.ts'
import type { S3Client, S3Place } from './client.ts'

/** By the server's word for it; the last two are what servers say to a key of another region. */
const ADVICE: readonly [RegExp, (place: S3Place) => string][] = [
  [/NoSuchBucket|404/, ({ bucket, endpoint }) => `there is no bucket ${bucket} at ${endpoint}: make it first`],
  [/InvalidAccessKeyId/, ({ endpoint }) => `${endpoint} does not know FANREEL_S3_ACCESS_KEY_ID`],
  [/SignatureDoesNotMatch/, ({ endpoint }) => `${endpoint} refuses FANREEL_S3_SECRET_ACCESS_KEY`],
  [/InvalidToken|ExpiredToken/, ({ endpoint }) => `${endpoint} refuses FANREEL_S3_SESSION_TOKEN`],
  [/AuthorizationHeaderMalformed|PermanentRedirect|301/, ({ bucket, region }) => `bucket ${bucket} is not in region ${region}`],
  [/AccessDenied|403/, ({ bucket }) => `these keys may not list bucket ${bucket}: grant list, get, put and delete`],
]

const wrong = (place: S3Place, error: unknown): AppError => {
  const text = error instanceof Error ? error.message : ''
  const advice = ADVICE.find(([word]) => word.test(text))
  const detail = advice?.[1](place) ?? `no S3 server answers at ${place.endpoint}`
  return new AppError('internal', { detail: `media store: ${detail}`, cause: error })
}

/** @throws AppError `internal` */
export const checkBucket = async (client: S3Client, place: S3Place, log: Logger): Promise<void> => {
  try {
    await client.text({ method: 'GET', query: { 'max-keys': '1' } })
  } catch (error) {
    throw wrong(place, error)
  }
  let versioning = ''
  try {
    versioning = await client.text({ method: 'GET', query: { versioning: '' } })
  } catch (error) {
    // Servers without versions say that they do not know the question; a key pair may not be let to ask it.
    const said = error instanceof Error ? error.message : ''
    if (!said.includes('NotImplemented'))
      log.warn({ err: error }, 'cannot tell whether the bucket keeps old versions: it must not')
  }
  if (/<Status>Enabled<\/Status>/.test(versioning)) {
    const detail = `media store: bucket ${place.bucket} keeps old versions, so that nothing of a visitor is ever deleted: use one without versioning`
    throw new AppError('internal', { detail })
  }
}
