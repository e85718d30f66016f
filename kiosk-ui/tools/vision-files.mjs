/**
 * Puts the networks that watch the live picture under `public/generated/vision`: the node's own, converted by its command
 * line from the packages' weights, each checked by its hash. Runs before every build; nothing of it is in the repository.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../public/generated/vision', import.meta.url))
const node = fileURLToPath(new URL('../../gpu-node/bin/gpu-node.mjs', import.meta.url))
mkdirSync(folder, { recursive: true })
const { status } = spawnSync(process.execPath, [node, 'networks', '--out', folder], { stdio: 'inherit' })
process.exitCode = status ?? 1
