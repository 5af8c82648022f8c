/** Totals are sums of what each write has added (020_history.sql). Now and then these are added up, so that they stay few. */
import { sql } from 'kysely'
import type { Database } from './connection.ts'

const FOLD_EVERY_MS = 10 * 60_000

/** Adds up at once and then every ten minutes; answers what ends it. A failure is logged and tried again the next time. */
export function keepFolding(database: Pick<Database, 'asGate'>, every = FOLD_EVERY_MS): () => void {
  const fold = () =>
    database
      .asGate((trx) => sql`select app.fold_tally()`.execute(trx))
      .catch((error: Error) => console.error('totals were not added up:', error.message))
  const timer = setInterval(fold, every)
  timer.unref()
  void fold()
  return () => clearInterval(timer)
}
