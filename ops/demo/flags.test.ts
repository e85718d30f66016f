import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DemoFault } from './fault.ts'
import { readFlags } from './flags.ts'

it('reads what it is asked for', () => {
  const here = fileURLToPath(import.meta.url)
  const flags = readFlags(['--clip', here, '--name', 'Ada', '--port', '4500', '--once', '--json'])
  expect(flags).toMatchObject({
    clip: here,
    pack: 'figure-skating',
    name: 'Ada',
    port: 4500,
    once: true,
    json: true,
    serve: false,
  })
})

it.each([
  ['--clip', '/nowhere/clip.mp4'],
  ['--clip', '/tmp'],
  ['--clip', '/dev/zero'],
  ['--out', '/tmp'],
  ['--out', '/dev/null/reel.mp4'],
  ['--port', '99999'],
  ['--port', 'http'],
  ['--pack', '../secrets'],
  ['--name', ''],
  ['--likeness', '1'],
])('refuses %s %s with exit code 2 and no stack', (...args) => {
  const read = () => readFlags(args)
  expect(read).toThrow(DemoFault)
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }))
})

it('saves a film into folders that are yet to be made', () => {
  expect(readFlags(['--out', '/tmp/a-folder/and-one-more/reel.mp4']).out).toBe('/tmp/a-folder/and-one-more/reel.mp4')
})
