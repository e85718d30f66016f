/** What preflight finds of one thing that a kiosk needs. */

/** `warn` opens all the same; `fail` does not. */
export type Finding = { name: string; outcome: 'ok' | 'warn' | 'fail'; detail: string; todo?: string }
