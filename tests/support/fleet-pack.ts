/** The one world of a fleet. */
export const FLEET_PACK = 'tiny'
