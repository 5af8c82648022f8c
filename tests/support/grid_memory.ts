/** What tests of the grid without a browser share. */

/** The same numbers every run, so that a failure can be looked at again. */
export function random(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return Math.floor((state / 4294967296) * below)
  }
}
