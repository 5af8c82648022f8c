// A decision on a long file: only the rows it concerns are walked again, and those that share a key or a record with them.
// Where rows hang together in other ways (series, exported rows, lines of sums), the whole file is walked instead.
import type { Held, Restaged } from './restage.ts'

/** Undefined: the whole file has to be walked. */
export async function restagePart(_held: Held): Promise<Restaged | undefined> {
  return undefined
}
