/** The pack cannot be used: its description does not parse, leads nowhere, or names a file that is missing or no such file. */
export class PackUnusable extends Error {
  readonly code = 'pack-broken'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'PackUnusable'
  }
}
