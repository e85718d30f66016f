/** One text for one value, so that a hash over it means something: keys sorted, no white space (RFC 8785 for plain data). */

/**
 * @param value JSON data: no undefined inside arrays, no functions; absent fields are left out
 * @returns the same text for equal values, whatever order their fields were set in
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
