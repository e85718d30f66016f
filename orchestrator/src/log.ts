/** One pino line per finished operation, on stderr: stdout belongs to the readiness line. Never a name, token or file name. */
import { destination, type Logger, pino } from 'pino'

export const createLog = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: () => `,"at":${Date.now()}`,
      serializers: {
        // A fault's code and stack, never its message's arguments: those may quote what a peer sent.
        err: (error: unknown) =>
          error instanceof Error
            ? { type: error.name, code: 'code' in error ? error.code : undefined, message: error.message, stack: error.stack }
            : { type: typeof error },
      },
    },
    destination(2),
  )
