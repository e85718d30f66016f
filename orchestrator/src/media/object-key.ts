/**
 * What a key of the media store may look like. Keys become paths, so this is the one gate: nothing that passes can leave
 * its folder, name a hidden file or be mistaken for an option (A11).
 */
import { AppError } from '../errors.ts'

const KEY = /^[a-z0-9_][a-z0-9._-]{0,199}(?:\/[a-z0-9_][a-z0-9._-]{0,199}){0,11}$/
const MAX_KEY_LENGTH = 400

/** Whether `key` may name an object or a staged upload. */
export const isObjectKey = (key: string): boolean => key.length <= MAX_KEY_LENGTH && KEY.test(key) && !key.includes('..')

/** Answers the key itself. @throws AppError `object-unknown` where it is none */
export const objectKey = (key: string): string => {
  if (!isObjectKey(key)) throw new AppError('object-unknown', { detail: 'not a key' })
  return key
}

/** A prefix for erasing: one or more whole segments and a closing `/`. @throws AppError `object-unknown` */
export const objectPrefix = (prefix: string): string => {
  if (!prefix.endsWith('/')) throw new AppError('object-unknown', { detail: 'not a prefix' })
  return `${objectKey(prefix.slice(0, -1))}/`
}
