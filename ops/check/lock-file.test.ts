import { expect, it } from 'vitest'
import { entryFor, gapsOf, type Lock } from './lock-file.ts'

const lock: Lock = {
  packages: {
    '': {},
    'node_modules/drawer': {
      version: '2.0.0',
      dev: true,
      license: 'MIT',
      optionalDependencies: { '@drawer/linux-x64-musl': '2.0.0', '@drawer/darwin-arm64': '2.0.0', fsevents: '1.0.0' },
    },
    'node_modules/drawer/node_modules/fsevents': { version: '1.0.0' },
    'node_modules/@drawer/darwin-arm64': { version: '2.0.0' },
  },
}

it('finds the optional packages that npm ci would miss, wherever the others lie', () => {
  expect(gapsOf(lock).map(({ name }) => name)).toEqual(['@drawer/linux-x64-musl'])
})

it('says of them what npm would have said', () => {
  const [gap] = gapsOf(lock)
  expect(entryFor(gap!)).toEqual({
    version: '2.0.0',
    cpu: ['x64'],
    dev: true,
    libc: ['musl'],
    license: 'MIT',
    optional: true,
    os: ['linux'],
  })
})

it('guesses neither a version nor a machine', () => {
  expect(() => entryFor({ name: '@drawer/linux-x64', version: '^2.0.0', wanted: {} })).toThrow('cannot be told')
  expect(() => entryFor({ name: 'drawer-extras', version: '2.0.0', wanted: {} })).toThrow('cannot be told')
})
