/** How much of a task is done, said the same on screens and on papers. */

/** The share of a task that is done, to a tenth of a percent as screens and papers show it; 99.9 % until all is done. */
export function shareOf(done: number, target: number | null): number | null {
  if (!target) return null
  const share = Math.round((done / target) * 1000) / 1000
  return done < target ? Math.min(share, 0.999) : share
}
