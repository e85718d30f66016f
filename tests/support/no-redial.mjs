/** Loaded before a process of ours (`node --import`): its connections to Redis, once lost, are never made again. */
import { createRequire } from 'node:module'

const redis = createRequire(import.meta.url)('redis')
const { createClient } = redis
redis.createClient = (options) => createClient({ ...options, socket: { ...options.socket, reconnectStrategy: false } })
