import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { roomIn, sandboxFound } from './doctor.ts'
import { scratchFolder } from './media/scratch-folder.ts'

const folder = await scratchFolder()

describe('gpu-node doctor', () => {
  it('warns in words where nothing stands round a decoder', () => {
    expect(sandboxFound('none')).toMatchObject({ warning: expect.stringContaining('strangers') as string })
    expect(sandboxFound('bubblewrap')).toContain('without network')
  })

  it('finds the room that a film takes, in a folder that is not there yet too, and leaves nothing behind', async () => {
    expect(await roomIn(join(folder, 'not', 'yet'), 1)).toMatch(/GB free in .*not/)
    expect(await readdir(folder)).toEqual([])
    await expect(roomIn(folder, 1e18)).rejects.toThrow('are needed')
  })

  it('finds a place that is no folder', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(roomIn(file, 1)).rejects.toThrow('ENOTDIR')
  })
})
