/** The kiosk's unit: what it starts is there, its settings are the agent's own, and systemd understands every line. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const unit = read('ops/systemd/fanreel-kiosk.service')
const valuesOf = (name: string): string[] => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

it('starts a program of ours, in the folder it is told to lie in', () => {
  const [script] = /\S+\.ts$/.exec(valuesOf('ExecStart')[0] ?? '') ?? []
  expect(existsSync(join(root, script ?? 'nothing'))).toBe(true)
})

it('sets nothing, and has nothing set, that nobody reads', () => {
  const known = ['kiosk-ui/agent/env.ts', 'kiosk-ui/agent/agent.ts', 'kiosk-ui/README.md'].map(read).join('\n')
  const names = [unit, read('ops/systemd/kiosk.env.example')].flatMap((text) => text.match(/\bFANREEL_[A-Z_]+/g) ?? [])
  expect(names.length).toBeGreaterThan(6)
  for (const name of names) expect(known, name).toContain(name)
})

it('keeps the browser’s own sandbox possible, and everything else shut', () => {
  // Chromium makes its sandbox of namespaces, and compiles what it runs: either of these would end it at the start.
  expect(unit).not.toMatch(/^(RestrictNamespaces|MemoryDenyWriteExecute|PrivateDevices)=(?!no)/m)
  for (const wall of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'ProtectHome=yes', 'CapabilityBoundingSet='])
    expect(unit.split('\n')).toContain(wall)
  expect(valuesOf('StateDirectory')[0]).toBe(/FANREEL_AGENT_HOME=\/var\/lib\/(\S+)/.exec(unit)?.[1])
})

it('is understood by systemd, where there is one', async () => {
  const hasSystemd = await run('systemd-analyze', ['--version']).then(
    () => true,
    () => false,
  )
  if (!hasSystemd) return
  const folder = await mkdtemp(join(tmpdir(), 'fanreel-unit-'))
  try {
    // Programs that a kiosk box has and this machine may not have are stood in for; every other line is judged as it is.
    const path = join(folder, 'fanreel-kiosk.service')
    await writeFile(path, unit.replace(/^(Exec\w+=\+?)\S+/gm, '$1/bin/true'))
    const said = await run('systemd-analyze', ['verify', '--man=no', path]).then(
      ({ stderr }) => stderr,
      (error: { stderr: string }) => `failed: ${error.stderr}`,
    )
    expect(said.split('\n').filter((line) => line.includes('fanreel-kiosk'))).toEqual([])
    expect(said).not.toContain('failed:')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
