import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startChild } from './child.ts'
import type { Confined } from './confined.ts'
import { MEDIA_LIMITS } from './limits.ts'
import { sandboxKind } from './sandbox.ts'
import { scratchFolder } from './scratch-folder.ts'

const folder = await scratchFolder()
const kind = await sandboxKind()
const shell = (script: string, more: Partial<Confined> = {}): Confined => ({
  program: 'sh',
  arguments: ['-c', script],
  readable: [],
  writable: [],
  ...more,
})

/** Reads the child's stdout to its end. */
const output = async (task: Confined, options: Parameters<typeof startChild>[1] = { timeoutMs: 10_000 }) => {
  const child = await startChild(task, options)
  child.stdin.end()
  let text = ''
  child.stdout.on('data', (part) => {
    text += part
  })
  return { ...(await child.ended), text }
}

/** Whether a process runs; one that is dead and only not yet collected does not. */
const alive = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: X')
  return !/State:\s*[ZX]/.test(status)
}

describe('startChild', () => {
  it('kills a child that hangs, and its own children with it', async () => {
    // Without a sandbox the grandchild's number is one of ours, so that it can be looked for afterwards.
    const child = await startChild(shell('sleep 1000 & echo $!; wait'), { timeoutMs: 400, sandbox: 'none' })
    let grandchild = 0
    child.stdout.on('data', (part) => {
      grandchild = Number(part)
    })
    expect(await child.ended).toMatchObject({ timedOut: true, code: -1 })
    expect(grandchild).toBeGreaterThan(0)
    await expect.poll(() => alive(grandchild)).toBe(false)
  })
  it('kills it when the signal is given', async () => {
    const stop = new AbortController()
    const child = await startChild(shell('echo up; exec sleep 1000'), { timeoutMs: 60_000, signal: stop.signal })
    child.stdout.once('data', () => stop.abort())
    expect(await child.ended).toMatchObject({ timedOut: false })
  })
  it('keeps no more of stderr than its limit', async () => {
    const { stderr } = await output(shell('head -c 1000000 /dev/zero | tr "\\0" x >&2'))
    expect(stderr.length).toBe(MEDIA_LIMITS.STDERR_BYTES)
  })
  const kinds = kind === 'none' ? (['none'] as const) : (['none', kind] as const)
  it.each(kinds)('says by its end, not by an error, that a program could not be started (%s)', async (sandbox) => {
    const missing = await output(shell('', { program: 'no-such-program', arguments: [] }), { timeoutMs: 10_000, sandbox })
    expect(missing).toMatchObject({ fault: 'not-started' })
    expect(missing.code).not.toBe(0)
  })
  it.each(kinds)('tells a program that failed by itself from one that was killed (%s)', async (sandbox) => {
    const end = (script: string, more: Partial<Confined> = {}) => output(shell(script, more), { timeoutMs: 20_000, sandbox })
    expect((await end('exit 3')).fault).toBeUndefined()
    expect((await end('exit 255')).fault).toBeUndefined()
    expect((await end('kill -9 $$')).fault).toBe('killed')
    expect((await end('while :; do :; done', { cpuSeconds: 1 })).fault).toBe('cpu-spent')
  })
  it('does not start what was stopped while it was being prepared', async () => {
    const stop = new AbortController()
    const starting = startChild(shell('sleep 1000'), { timeoutMs: 2_000, signal: stop.signal })
    stop.abort(new Error('too late'))
    await expect(starting).rejects.toThrow('too late')
  })
})

describe.skipIf(kind !== 'bubblewrap')('inside bubblewrap', () => {
  it('walls that cannot be built are not the program’s fault', async () => {
    expect(await output(shell('echo up', { readable: [join(folder, 'never-written')] }))).toMatchObject({
      fault: 'not-started',
      text: '',
    })
  })
  it('a child sees the files it was given and nothing else of the machine', async () => {
    await writeFile(join(folder, 'given'), 'seen')
    await writeFile(join(folder, 'other'), 'secret')
    const { text } = await output(
      shell(`cat ${folder}/given; cat ${folder}/other /etc/passwd; ls /root /home; env`, { readable: [join(folder, 'given')] }),
    )
    expect(text).toMatch(/^seen/)
    expect(text).not.toMatch(/secret|root:|HOME=\/root/)
  })
  it('a child may write only where it was told to', async () => {
    const { text } = await output(
      shell(`echo x > ${folder}/new && echo wrote; echo x > /usr/new || echo refused`, { writable: [folder] }),
    )
    expect(text).toBe('wrote\nrefused\n')
  })
  it('a child has no network', async () => {
    expect(
      (await output(shell('cat /proc/net/dev'))).text.split('\n').filter((line) => line.includes(':') && !line.includes('lo:')),
    ).toEqual([])
  })
})
