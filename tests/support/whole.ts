/**
 * Whether everything is tried in full: `npm run test:whole`, and `test:media` for its clips. `npm test` leaves out what takes
 * long and goes through code that something shorter has gone through already.
 */
export const IS_WHOLE = process.env.FANREEL_TESTS === 'whole'
