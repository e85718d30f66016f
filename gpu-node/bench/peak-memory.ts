/** The most memory that this process and every program it started have held together, by looking again and again. */
import { readdirSync, readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096
const EVERY_MS = 50

/** Parent and resident pages of every process that can be read. */
const processes = (): Map<number, { parent: number; pages: number }> => {
  const found = new Map<number, { parent: number; pages: number }>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    try {
      // The name in brackets may hold blanks: fields are counted after it.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      found.set(pid, { parent: Number(fields[1]), pages: Number(fields[21]) })
    } catch {
      // It ended between the two looks.
    }
  }
  return found
}

const treeMb = (root: number): number => {
  const all = processes()
  const belongs = (pid: number): boolean => pid === root || (pid > 1 && belongs(all.get(pid)?.parent ?? 0))
  let pages = 0
  for (const [pid, one] of all) if (belongs(pid)) pages += one.pages
  return (pages * PAGE_BYTES) / 1e6
}

/** Watches until stopped; answers MB (10^6 bytes). Pages that several processes share count for each of them. */
export const watchPeakMemory = (): { stop(): number } => {
  let peak = treeMb(process.pid)
  const look = () => {
    peak = Math.max(peak, treeMb(process.pid))
  }
  const timer = setInterval(look, EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return Math.round(peak)
    },
  }
}
