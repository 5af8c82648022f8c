/**
 * What imports and operations share to undo their writes: what has become of a row since, its old values again, and
 * writing on past rows that would now be the same as another one.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../database/connection.ts'
import type { Row, Value } from '../forms/index.ts'
import type { Relation } from './relation.ts'
import { type RowUpdate, updateRows, writableFields } from './write.ts'

/** A row that stays as it is, and why. */
export type KeptRow = { row_id: number; name: string; reason: string }

/** A row that was written, as it stands: why it stays, if it does, or what stood there before; what is private of it apart. */
export type WrittenRow = {
  row_id: number
  version: number
  name: string | null
  reason: string | null
  before: Record<string, Value> | null
  secret: { before?: Row } | null
}

export const COLLIDED = '改回去会和另一条记录相同，没有改回。'
const MISFIT = '原来的值按现在的表单放不下，没有改回。'
export const JUST_CHANGED = '刚才有人改过。'

/** What has become of a row that was written again, as a sentence in SQL over the table as `t`. */
export function whatBecame({ sight }: Relation): RawBuilder<unknown> {
  const status = sight.seen.get('status')?.by === 'column' ? sql`t.status` : sql`null::text`
  return sql`case
    when t.deleted_at is not null then '后来删去了，在回收站里。'
    when ${status} = 'submitted' then '后来提交了，正在待审。'
    when ${status} = 'approved' then '后来通过了审核。'
    when ${status} = 'archived' then '后来归档了。'
    when ${status} = 'void' then '后来作废了。'
    when ${status} not in ('draft', 'returned') then '后来进入了评审。'
    else coalesce(app.user_label(t.updated_by) || '后来改过。', '后来改过。') end`
}

/** Rows of one statement. */
const BATCH = 4_000

/** Two records would be one. */
const COLLISION = '23505'
/** A value of before is of another type than its column is now, or none of its choices. */
const MISFITS = ['23514', '22P02', '22003', '22007', '22008', '42804']

/**
 * Writes rows in batches; of a batch that PostgreSQL refuses for one of these codes, row by row. Rows that swap their keys meet
 * while one of them is written, so what collides is tried once more. Answers the rows that could not be written, with the code.
 */
export async function writeApart<T>(
  trx: Trx,
  rows: readonly T[],
  write: (batch: readonly T[]) => Promise<void>,
  codes: readonly string[] = [COLLISION],
): Promise<Map<T, string>> {
  const attempt = async (batch: readonly T[]): Promise<string | undefined> => {
    await sql`savepoint apart`.execute(trx)
    try {
      await write(batch)
      await sql`release savepoint apart`.execute(trx)
      return undefined
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (!codes.includes(code)) throw error
      await sql`rollback to savepoint apart`.execute(trx)
      return code
    }
  }
  let alone = new Map<T, string>()
  for (let at = 0; at < rows.length; at += BATCH) {
    const batch = rows.slice(at, at + BATCH)
    const code = await attempt(batch)
    if (code !== undefined) for (const row of batch) alone.set(row, code)
  }
  for (let tries = 2; tries > 0 && alone.size > 0; tries--) {
    const left = new Map<T, string>()
    for (const row of alone.keys()) {
      const code = await attempt([row])
      if (code !== undefined) left.set(row, code)
    }
    alone = left
  }
  return alone
}

/** The old values again; answers which rows have them, and why others can't. */
export async function restoreValues(trx: Trx, relation: Relation, rows: readonly WrittenRow[]) {
  const writable = writableFields(relation, relation.sight.update)
  const changes = rows.map(({ row_id, version, before, secret }): RowUpdate => {
    const old: Row = { ...before, ...secret?.before }
    const values = Object.fromEntries(Object.entries(old).filter(([name]) => writable.has(name)))
    return { id: row_id, version, values }
  })
  const written = new Set<number>()
  const alone = await writeApart(
    trx,
    changes,
    async (batch) => {
      for (const id of await updateRows(trx, relation, batch)) written.add(id)
    },
    [COLLISION, ...MISFITS],
  )
  const refused = new Map([...alone].map(([{ id }, code]) => [id, code === COLLISION ? COLLIDED : MISFIT]))
  return { written, refused }
}
