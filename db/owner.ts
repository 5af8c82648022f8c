// Connections as the owner, who migrates, backs up and restores, and never serves a request.
import pg from 'pg'

/**
 * Runs `fn` on a connection of its own, which is closed afterwards; an open transaction then ends with it. `options` are
 * settings of the session: '-c timezone=UTC'.
 */
export async function asOwner<T>(ownerUrl: string, fn: (owner: pg.Client) => Promise<T>, options?: string): Promise<T> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'haowangmin owner', options })
  owner.on('error', () => {}) // a lost connection also fails the statement that runs, and that one is reported
  await owner.connect()
  try {
    return await fn(owner)
  } finally {
    await owner.end()
  }
}

/** All of `fn` or nothing of it. `begin` may say how: 'begin isolation level repeatable read read only'. */
export async function inTransaction<T>(owner: pg.Client, fn: () => Promise<T>, begin = 'begin'): Promise<T> {
  await owner.query(begin)
  try {
    const result = await fn()
    await owner.query('commit')
    return result
  } catch (error) {
    await owner.query('rollback').catch(() => {}) // the first error is the one to tell
    throw error
  }
}
