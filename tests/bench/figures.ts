/** Small arithmetic that all benches share, and how they say what they found. */

/** The value below which `share` (0..1) of all values lie. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Rounds to so many places after the point. */
export const rounded = (value: number, places = 2): number => Number(value.toFixed(places))

/** `--json`: stdout is one line of JSON; all words go to stderr either way. */
export const say = (words: string): void => void process.stderr.write(`${words}\n`)
export const report = (figures: Readonly<Record<string, number>>): void =>
  void process.stdout.write(
    process.argv.includes('--json')
      ? `${JSON.stringify(figures)}\n`
      : `${Object.entries(figures)
          .map(([name, value]) => `${name} ${value}`)
          .join('\n')}\n`,
  )
