/** Every path that is not ours belongs to the kiosk UI on loopback. Web sockets never pass through it. */
import httpProxy from '@fastify/http-proxy'
import type { FastifyInstance } from 'fastify'

/** Shown while the UI is not up: it looks for itself until it is. */
const STARTING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="dark">
<meta http-equiv="refresh" content="2">
<title>Fanreel is starting</title>
<style>html{height:100%;background:#06080f;color:#f4f1ea;font:600 clamp(20px,4vw,40px)/1.3 system-ui,sans-serif}
body{height:100%;margin:0;display:grid;place-content:center;text-align:center;gap:.4em}small{font-weight:400;opacity:.6}</style>
</head>
<body><p>The screen is starting.</p><small>This page looks again by itself.</small></body>
</html>`

/** What a sender may claim to be, in every spelling. The UI hands its kiosk's token to loopback alone, so it is told the truth. */
const CLAIMS: ReadonlySet<string> = new Set(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'])

export const uiProxy =
  (uiUrl: string): ((app: FastifyInstance) => Promise<void>) =>
  async (app) => {
    await app.register(httpProxy, {
      upstream: uiUrl,
      websocket: false,
      httpMethods: ['GET', 'HEAD', 'POST'],
      replyOptions: {
        // The host of the request itself: what Fastify makes of it believes whoever speaks from this machine, a page in the kiosk's browser too.
        rewriteRequestHeaders: ({ ip, raw }, headers) => ({
          ...Object.fromEntries(Object.entries(headers).filter(([name]) => !CLAIMS.has(name.toLowerCase()))),
          'x-forwarded-for': ip,
          'x-forwarded-host': [raw.headers.host ?? '', raw.headers['x-forwarded-host'] ?? []].flat().join(', '),
        }),
        onError: (reply) => {
          reply.code(502).header('retry-after', '2').header('cache-control', 'no-store').type('text/html; charset=utf-8')
          reply.send(STARTING_PAGE)
        },
      },
    })
  }
