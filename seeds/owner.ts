// The seeds' door to PostgreSQL: as the owner, whom row-level security lets pass, in one transaction under one lock, so
// that any number of processes may start at once. `pg` is imported here and nowhere else in seeds/.
import pg from 'pg'

const SEEDS_LOCK = 7_317_201_918

export type Owner = pg.Client
type SeedRow = Record<string, unknown>

/**
 * Runs `fn` in a transaction of the owner's; one at a time over all processes. What `fn` throws undoes all of it.
 */
export async function asOwner<T>(ownerUrl: string, fn: (owner: Owner) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: ownerUrl, options: '-c timezone=Asia/Shanghai -c jit=off' })
  owner.on('error', () => {}) // a lost connection also fails the statement that runs, and that one is reported
  await owner.connect()
  try {
    await owner.query('begin')
    await owner.query('select pg_advisory_xact_lock($1)', [SEEDS_LOCK])
    const result = await fn(owner)
    await owner.query('commit')
    return result
  } finally {
    await owner.end() // an open transaction ends with its connection
  }
}

/**
 * Adds rows to a table in their order and answers their ids, in the same order. All rows have the fields of the first;
 * names come from our own seeds only.
 */
export async function addRows(owner: Owner, table: string, rows: readonly SeedRow[]): Promise<number[]> {
  if (rows.length === 0) return []
  const added = await owner.query(`${insertOf(owner, table, rows)} returning id`, [JSON.stringify(rows)])
  return added.rows.map((row) => row.id as number)
}

/** The same for a table whose rows have no id. */
export async function addLinks(owner: Owner, table: string, rows: readonly SeedRow[]): Promise<void> {
  if (rows.length > 0) await owner.query(insertOf(owner, table, rows), [JSON.stringify(rows)])
}

function insertOf(owner: Owner, table: string, rows: readonly SeedRow[]): string {
  const columns = Object.keys(rows[0] ?? {}).map((name) => owner.escapeIdentifier(name))
  const name = owner.escapeIdentifier(table)
  return `insert into ${name} (${columns})
    select ${columns} from json_populate_recordset(null::${name}, $1) with ordinality order by ordinality`
}

/** From here to the end of the transaction, history names this person. */
export async function actAs(owner: Owner, user_id: number): Promise<void> {
  await owner.query(`select set_config('app.user_id', $1, true)`, [String(user_id)])
}

/** True if the table has a row. */
export async function hasRows(owner: Owner, table: string): Promise<boolean> {
  const found = await owner.query(`select from ${owner.escapeIdentifier(table)} limit 1`)
  return found.rowCount === 1
}
