/** Disk, memory, temperature and load of the box, as Linux tells them. */
import { readdir, readFile, statfs } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import type { KioskHealth } from '@fanreel/protocol'

export type Vitals = Pick<KioskHealth, 'disk' | 'memory' | 'load' | 'celsius'>

/** What programs may have without anybody being sent to the disk: more than what is merely free. */
const availableMemory = async (proc: string): Promise<number> => {
  const text = await readFile(join(proc, 'meminfo'), 'utf8').catch(() => '')
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1_024
}

/** The hottest of the box's sensors, in degrees; undefined where there is none. Each gives thousandths of a degree. */
const hottest = async (thermal: string): Promise<number | undefined> => {
  const zones = (await readdir(thermal).catch(() => [])).filter((name) => name.startsWith('thermal_zone'))
  const readings = await Promise.all(zones.map((zone) => readFile(join(thermal, zone, 'temp'), 'utf8').catch(() => '')))
  const degrees = readings.filter((text) => /^-?\d+\s*$/.test(text)).map((text) => Number(text) / 1_000)
  // Sensors that are not connected say absurd things.
  const believable = degrees.filter((celsius) => celsius > -60 && celsius < 150)
  return believable.length === 0 ? undefined : Math.max(...believable)
}

/** @param home a folder on the disk that matters; @param places for tests: where Linux shows its insides */
export const readVitals = async (home: string, places: { proc?: string; thermal?: string } = {}): Promise<Vitals> => {
  const { proc = '/proc', thermal = '/sys/class/thermal' } = places
  const [disk, freeBytes, celsius] = await Promise.all([statfs(home), availableMemory(proc), hottest(thermal)])
  return {
    disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
    memory: { freeBytes, totalBytes: totalmem() },
    load: Number(((loadavg()[0] ?? 0) / availableParallelism()).toFixed(2)),
    ...(celsius !== undefined && { celsius }),
  }
}
