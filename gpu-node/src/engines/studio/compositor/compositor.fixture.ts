/** For tests: a compositor of one's own, compiled once for all of them and kept where `npm run demo` finds it too. */
import { fileURLToPath } from 'node:url'
import { loadCompositorModule } from './compile.ts'
import { type Compositor, createCompositor } from './compositor.ts'

/** The project's own cache. */
export const CACHE_DIR = fileURLToPath(new URL('../../../../../.fanreel/cache', import.meta.url))

export const compositorForTests = async (): Promise<Compositor> => createCompositor(await loadCompositorModule(CACHE_DIR))
