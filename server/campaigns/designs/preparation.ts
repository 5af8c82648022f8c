/**
 * Columns that get another type are made ready before the definition is published: beside the old one, a stretch of rows at a
 * time, each in a transaction of its own, so that nobody waits for all of them (db/security/082_preparations.sql). What is made
 * ready is seen by nobody; what becomes of a preparation that ends without a publication is swept away.
 */
import { setImmediate as othersTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import { Refusal } from '../../errors.ts'
import { type FormDefinition, type InstalledColumn, types, type Value } from '../../forms/index.ts'
import type { ColumnConversion } from './conversions.ts'
import type { FormDesign } from './designs.ts'

export type Run = <T>(fn: (trx: Trx, person: Person) => Promise<T>) => Promise<T>
/** What becomes of a value in a column, as JSON of both. Absent: nobody has read it yet. */
type Readings = ReadonlyMap<string, Value>
/** Rows filled of all that are to be. */
export type PublicationProgress = { rows_done: number; rows_total: number; is_cancelled: boolean }
type PreparedColumn = { name: string; rows: number }

/** Rows filled in one transaction: their cells can't be saved meanwhile. */
const STRETCH = 1_000
/** A whole table is gone through again for what was in somebody's hands, as often as this. */
const MAX_PASSES = 3
/** As many are filled under the lock that publishes. */
const FEW_ROWS = 500

/** Somebody has cancelled the publication. */
export const cancelled = () => new Refusal(409, '这次发布已取消，什么也没有变。', { reason: 'cancelled' })

/** Whether a column of the definition gets a type that the database keeps as another one. */
export const isRetyping = ({ name, fields }: FormDefinition, columns: readonly InstalledColumn[]): boolean =>
  fields.some((field) => {
    const installed = columns.find((column) => column.form === name && column.name === field.name)
    return installed !== undefined && types[installed.type as typeof field.type]?.column !== types[field.type].column
  })

/** What becomes of values, by column and value. There may be as many as rows, so others get their turn meanwhile. */
export async function readingsOf(conversions: readonly ColumnConversion[]): Promise<ReadonlyMap<string, Readings>> {
  const found = new Map<string, Readings>()
  for (const { field, values } of conversions) {
    const readings = new Map<string, Value>()
    for (const [at, [was, becomes]] of values.entries()) {
      readings.set(JSON.stringify(was), becomes)
      if (at % STRETCH === 0) await othersTurn()
    }
    found.set(field.name, readings)
  }
  return found
}

/** Adds the new columns beside the old ones. */
export async function prepare(trx: Trx, { id, version }: FormDesign): Promise<PreparedColumn[]> {
  const { rows } = await sql<PreparedColumn>`select * from app.prepare_design(${id}, ${version})`.execute(trx)
  return rows
}

export const dropPrepared = (trx: Trx, form: string) => sql`select app.end_preparation(${form})`.execute(trx)

/** How far the publication of a design is; undefined where none is making anything ready. */
export async function progressOfPublication(trx: Trx, designId: number): Promise<PublicationProgress | undefined> {
  const { rows } = await sql<PublicationProgress>`select * from app.preparation(${designId})`.execute(trx)
  return rows[0]
}

/** Cancels it, whichever process is at it. False where none is under way. */
export async function cancelPublication(trx: Trx, designId: number): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select app.cancel_preparation(${designId}) as found`.execute(trx)
  return rows[0]?.found ?? false
}

/** Holds the register for this publication while `work` runs; refuses with 409 where another one is under way. */
export function alone<T>(run: Run, form: string, work: () => Promise<T>): Promise<T> {
  return run(async (trx) => {
    // a publication takes as long as it takes, and this transaction does nothing but hold the lock
    await sql`select set_config('idle_in_transaction_session_timeout', '0', true)`.execute(trx)
    const { rows } = await sql<{ is_mine: boolean }>`select app.own_preparation(${form}) as is_mine`.execute(trx)
    if (!rows[0]?.is_mine) throw new Refusal(409, '这张表正在发布另一份定义，请等它完成再发布。')
    return work()
  })
}

/** Fills what can be filled of the columns; `readings` by column. Refuses with 409 when the publication was cancelled. */
export async function fillPrepared(
  run: Run,
  form: string,
  columns: readonly PreparedColumn[],
  readings: ReadonlyMap<string, Readings>,
): Promise<void> {
  for (const { name } of columns)
    for (let pass = 1; pass <= MAX_PASSES; pass++)
      if ((await fillOnce(run, form, name, readings.get(name) ?? new Map())) < FEW_ROWS) break
}

/** One pass over the table; answers how many rows it filled. */
async function fillOnce(run: Run, form: string, name: string, readings: Readings): Promise<number> {
  let filled = 0
  for (let after = 0; ; ) {
    const last = await run(async (trx) => {
      const { rows } = await sql<{ id: number; value: Value }>`
        select * from app.unprepared_rows(${form}, ${name}, ${after}, ${STRETCH})`.execute(trx)
      const given = rows.flatMap(({ id, value }) => {
        const becomes = readings.get(JSON.stringify(value)) ?? null
        return becomes === null ? [] : [[id, value, becomes]]
      })
      const wanted = await sql<{ is_wanted: boolean }>`
        select app.fill_prepared(${form}, ${name}, ${JSON.stringify(given)}::jsonb) as is_wanted`.execute(trx)
      if (!wanted.rows[0]?.is_wanted) throw cancelled()
      filled += given.length
      return rows.length < STRETCH ? undefined : rows.at(-1)?.id
    })
    if (last === undefined) return filled
    after = last
  }
}
