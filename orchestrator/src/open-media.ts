/** Opens the media store that the environment names: the one place that knows both kinds. */
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { Env } from './env.ts'
import { createDiskStore } from './media/disk-store.ts'
import type { MediaStore } from './media/media-store.ts'
import type { S3Try } from './media/s3/client.ts'
import { createS3Store } from './media/s3/s3-store.ts'

/** The store by a name for people. */
export const mediaPlaceOf = (env: Env): string =>
  env.FANREEL_MEDIA_STORE === 'disk'
    ? (env.FANREEL_MEDIA_ROOT ?? '')
    : `${env.FANREEL_S3_ENDPOINT}/${env.FANREEL_S3_BUCKET}/${env.FANREEL_S3_PREFIX}`

/** @throws AppError where the store cannot be used */
export const openMedia = (
  env: Env,
  { clock, log, onTry }: { clock: Clock; log: Logger /** Hears of every request to a bucket. */; onTry?: (tried: S3Try) => void },
): Promise<MediaStore> => {
  if (env.FANREEL_MEDIA_STORE === 'disk')
    return createDiskStore({ root: env.FANREEL_MEDIA_ROOT ?? '', clock, minFreeBytes: env.FANREEL_MIN_FREE_BYTES })
  const endpoint = env.FANREEL_S3_ENDPOINT ?? ''
  return createS3Store({
    place: {
      endpoint,
      bucket: env.FANREEL_S3_BUCKET ?? '',
      region: env.FANREEL_S3_REGION,
      addressing: env.FANREEL_S3_ADDRESSING,
      accessKeyId: env.FANREEL_S3_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.FANREEL_S3_SECRET_ACCESS_KEY ?? '',
      ...(env.FANREEL_S3_SESSION_TOKEN !== undefined && { sessionToken: env.FANREEL_S3_SESSION_TOKEN }),
    },
    prefix: env.FANREEL_S3_PREFIX,
    ...(env.FANREEL_S3_DIRECT && { nodeEndpoint: env.FANREEL_S3_NODE_ENDPOINT ?? endpoint }),
    deadlineMs: env.FANREEL_S3_DEADLINE_MS,
    clock,
    log,
    ...(onTry && { onTry }),
  })
}
