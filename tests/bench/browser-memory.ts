/** What a browser holds and has worked, by what Linux tells of its processes. */
import { readdir, readFile } from 'node:fs/promises'

/** Linux counts a process's time in hundredths of a second (USER_HZ). */
const MS_A_TICK = 10

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/**
 * Memory of a browser, each shared page by its share (PSS, proc(5)), in bytes, and the time its processors have spent on it.
 * @param profile its profile's folder, by which its processes are known
 * @returns `pageBytes` of the largest renderer: the one that shows the page
 */
export const browserMemory = async (profile: string): Promise<{ pageBytes: number; browserBytes: number; cpuMs: number }> => {
  let [pageBytes, browserBytes, cpuMs] = [0, 0, 0]
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await textOf(`/proc/${pid}/cmdline`)
    if (!command.includes(profile)) continue
    const bytes = Number(/^Pss:\s+(\d+)/m.exec(await textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024
    browserBytes += bytes
    if (command.includes('--type=renderer')) pageBytes = Math.max(pageBytes, bytes)
    // The name in parentheses may hold spaces; the times are the 12th and 13th word behind it.
    const words = (await textOf(`/proc/${pid}/stat`)).split(') ').at(-1)?.split(' ') ?? []
    cpuMs += (Number(words[11] ?? 0) + Number(words[12] ?? 0)) * MS_A_TICK
  }
  return { pageBytes, browserBytes, cpuMs }
}
