/** What a program with its many processes really takes of the memory. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Field 5 of `/proc/<id>/stat`, behind a name that may hold anything: the process group. */
const groupOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])

/**
 * Memory of a process group, shared pages counted by their share (PSS).
 * @returns bytes; undefined where none of the group may be looked into
 */
export const memoryOfGroup = async (group: number, proc = '/proc'): Promise<number | undefined> => {
  let kilobytes = 0
  for (const id of (await readdir(proc)).filter((name) => /^\d+$/.test(name))) {
    // Processes end while one looks.
    const stat = await readFile(join(proc, id, 'stat'), 'utf8').catch(() => undefined)
    if (stat === undefined || groupOf(stat) !== group) continue
    const rollup = await readFile(join(proc, id, 'smaps_rollup'), 'utf8').catch(() => '')
    kilobytes += Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0)
  }
  return kilobytes === 0 ? undefined : kilobytes * 1_024
}
