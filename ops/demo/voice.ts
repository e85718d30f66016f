/** How the demo speaks: lines, and one line of progress that is rewritten on a terminal and printed at each step elsewhere. */
import { clearLine, cursorTo } from 'node:readline'
import type { WriteStream } from 'node:tty'

export type Voice = {
  line(text?: string): void
  /** `step` says where things stand; `text` in full. Away from a terminal only a new step is printed. */
  progress(step: string, text: string): void
}

export const createVoice = (out: WriteStream | NodeJS.WriteStream): Voice => {
  let open = false
  let lastStep = ''
  const closeProgress = () => {
    if (open) out.write('\n')
    open = false
  }
  return {
    line: (text = '') => {
      closeProgress()
      lastStep = ''
      out.write(`${text}\n`)
    },
    progress: (step, text) => {
      if (!out.isTTY) {
        if (step !== lastStep) out.write(`  ${step}\n`)
      } else {
        cursorTo(out, 0)
        clearLine(out, 0)
        out.write(`  ${text.slice(0, Math.max(20, (out.columns ?? 80) - 3))}`)
        open = true
      }
      lastStep = step
    },
  }
}
