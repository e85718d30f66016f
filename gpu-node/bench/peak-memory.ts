/**
 * The most memory that this process and every program it started have held together, by looking again and again. A page
 * that several of them share counts once (Linux's proportional set size), as it does for the machine.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** A look takes the kernel a hundredth of a second: what is timed is not to be watched. */
const EVERY_MS = 100

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It ended between the two looks.
    return ''
  }
}

/** Parent of every process that can be read. */
const parents = (): Map<number, number> => {
  const found = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    // The name in brackets may hold blanks: fields are counted after it.
    if (Number.isInteger(pid)) found.set(pid, Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1]))
  }
  return found
}

const treeMb = (root: number): number => {
  const all = parents()
  const belongs = (pid: number): boolean => pid === root || (pid > 1 && belongs(all.get(pid) ?? 0))
  let kilobytes = 0
  for (const pid of all.keys())
    if (belongs(pid)) kilobytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
  return (kilobytes * 1024) / 1e6
}

/** Watches until stopped; answers MB (10^6 bytes). */
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
