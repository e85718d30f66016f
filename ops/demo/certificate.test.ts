import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { keptCertificate, makeCertificate } from './certificate.ts'
import { openTlsFront } from './tls-front.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

it('makes a certificate that stands for its names, is signed by its own key and ends in a year', () => {
  const certificate = new X509Certificate(makeCertificate(['localhost', '192.168.1.20'], NOW).cert)
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkIP('192.168.1.20')).toBe('192.168.1.20')
  expect(certificate.checkIP('192.168.1.21')).toBeUndefined()
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(new Date(certificate.validTo).toISOString()).toBe('2027-11-22T12:00:00.000Z')
})

it('keeps one certificate until its names change or it is about to expire', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanreel-certificate-'))
  stops.push(() => rmSync(folder, { recursive: true }))
  const first = keptCertificate(folder, ['localhost'], NOW)
  expect(keptCertificate(folder, ['localhost'], NOW)).toEqual(first)
  const moved = keptCertificate(folder, ['localhost', '10.0.0.7'], NOW)
  expect(moved.cert).not.toBe(first.cert)
  expect(keptCertificate(folder, ['localhost'], new Date('2027-11-22T00:00:00Z')).cert).not.toBe(moved.cert)
})

it('carries requests to the front door behind it, trusted by whoever is given the certificate', async () => {
  const door = createServer((request, response) => response.end(`${request.method} ${request.url}`))
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  stops.push(() => door.close())
  const certificate = makeCertificate(['localhost', '127.0.0.1'], new Date())
  const front = await openTlsFront({ certificate, host: '127.0.0.1', port: 0, doorPort: (door.address() as AddressInfo).port })
  stops.push(front.close)
  const answer = await new Promise<string>((resolve, reject) => {
    get({ host: '127.0.0.1', port: front.port, path: '/v/x', ca: certificate.cert, agent: false }, (response) => {
      response.setEncoding('utf8').once('data', resolve)
    }).once('error', reject)
  })
  expect(answer).toBe('GET /v/x')
})
