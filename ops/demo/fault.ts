/** An end of the demo that is told in plain words, without a stack. */
export class DemoFault extends Error {
  readonly exitCode: number

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'DemoFault'
    this.exitCode = options.exitCode ?? 1
  }
}
