/**
 * What a kiosk's page may load, in one place for both layouts: behind the front door everything comes from one origin, on
 * a kiosk box the orchestrator is another. Content Security Policy, level 3.
 */
const SELF = "'self'"
const NONE = "'none'"

/** The same address for a web socket. */
const socketOf = (origin: string): string => origin.replace(/^http/, 'ws')

/**
 * The policy's directives. Next.js starts its pages by inline scripts; the guide in front of the camera is computed in
 * WebAssembly, which is not `eval`.
 * @param orchestrators origins other than the page's own that it talks to, e.g. `https://film.example`
 */
export const uiPolicy = (orchestrators: readonly string[]): Record<string, string[]> => ({
  'default-src': [SELF],
  'script-src': [SELF, "'unsafe-inline'", "'wasm-unsafe-eval'"],
  'style-src': [SELF, "'unsafe-inline'"],
  'img-src': [SELF, 'data:', 'blob:', ...orchestrators],
  'media-src': [SELF, 'blob:', ...orchestrators],
  'worker-src': [SELF, 'blob:'],
  'connect-src': [SELF, ...orchestrators.flatMap((origin) => [origin, socketOf(origin)])],
  'frame-ancestors': [NONE],
  'base-uri': [NONE],
  'form-action': [SELF],
  'object-src': [NONE],
})
