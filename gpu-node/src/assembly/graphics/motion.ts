/** How graphics come and go. */

const clamp = (t: number) => Math.max(0, Math.min(1, t))
/** How far something has come, 0..1, `age` pictures after its graphic began: fast first, then settling (quintic). */
export const come = (age: number, delay: number, frames: number): number => 1 - (1 - clamp((age + 1 - delay) / frames)) ** 5
/** How much of something is still there `left` pictures before it must be gone: slow first, then fast. */
export const stay = (left: number, frames: number): number => 1 - (1 - clamp(left / frames)) ** 2
