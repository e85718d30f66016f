/**
 * Node processes without an engine, for faults and load: the real link, runner and transfers of the GPU node, and films that
 * were made before. `FANREEL_STUB_NODES` is a JSON list of `{nodeId, token}`, all of them in this one process.
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ownRoster } from '../../gpu-node/src/own-engines.ts'
import { stubFilm } from './stub-film.ts'
import { startStubNodes } from './stub-nodes.ts'

const Stub = z.object({
  /** A file that every film is a copy of. */
  FANREEL_STUB_REEL: z.string(),
  /** How long a film takes, in milliseconds. */
  FANREEL_STUB_MS: z.coerce.number().int().min(0).default(0),
  /** SHA-256 of a clip that kills this process. */
  FANREEL_STUB_DIES_ON: z.string().optional(),
  /** Whether it looks at each film with ffprobe. */
  FANREEL_STUB_PROBES: z.enum(['yes', 'no']).default('no'),
})

const settings = Stub.parse(process.env)
const { FANREEL_STUB_REEL: reel, FANREEL_STUB_MS: makeMs, FANREEL_STUB_DIES_ON: poison } = settings
const probes = settings.FANREEL_STUB_PROBES === 'yes'
const render = stubFilm(await readFile(reel), { makeMs, probes, ...(poison !== undefined && { poison }) })
/** Of which nothing but the names is asked: the films are there already. */
const roster = ownRoster()
await startStubNodes(() => ({ render, roster }))
