// Where a matte thread begins: TypeScript must be made readable inside the thread too, whoever started it.
import { register } from 'tsx/esm/api'

register()
await import('./matte-worker.ts')
