// The answers of GET /imports and GET /imports/:id. What is staged for deciding row by row is not part of them.

import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { badRequest, notFound } from '../../errors.ts'
import { formOf } from '../../forms/index.ts'
import { isInteger } from '../../records/conditions.ts'
import type { readListQuery } from '../../records/query.ts'
import type { KeptRow } from '../../records/revert.ts'
import { isReadByAnother } from '../digest.ts'
import { isRunningHere, LOCK_SPACE } from '../running.ts'
import type { ImportUndone } from '../write/undo.ts'
import { type ImportOutcome, MAX_LISTED } from './outcome.ts'

/** Rows a second of the run that is under way, null where none is. */
const rate: RawBuilder<unknown> = sql`case when t.state in ('checking', 'applying') and t.rows_done > 0
  then round(t.rows_done / greatest(extract(epoch from clock_timestamp() - t.began_at), 0.1))::integer end`

const head = sql`t.id, t.form, t.campaign_id, t.unit_id, (select u.name from units u where u.id = t.unit_id) as unit_id_label,
  t.file_name, t.size, t.state, t.rows_done, t.rows_total, ${rate} as rate, t.created_at, app.user_label(t.created_by) as created_by_label, t.finished_at,
  t.state in ('checking', 'applying') and not exists (select from pg_locks l
    where l.locktype = 'advisory' and l.classid::bigint = ${LOCK_SPACE} and l.objid::bigint = t.id and l.objsubid = 2) as is_abandoned,
  t.result -> 'errors' is not null as was_checked`

/** The counts of an outcome that lists show; null or absent while there is none. */
type ImportCounts = {
  [count in
    | 'rows'
    | 'create'
    | 'update'
    | 'unchanged'
    | 'repeated'
    | 'conflicts'
    | 'wrong'
    | 'left_out'
    | 'undecided'
    | 'error_count']?: ImportOutcome[count] | null
}
type StoredHead = ImportCounts & {
  id: number
  form: string
  campaign_id: number
  unit_id: number | null
  unit_id_label: string | null
  file_name: string
  size: number
  state: 'queued' | 'checking' | 'checked' | 'applying' | 'applied' | 'undone' | 'failed' | 'cancelled'
  rows_done: number | null
  rows_total: number | null
  /** Rows a second, while it runs. */
  rate?: number | null
  created_at: string
  created_by_label: string | null
  finished_at: string | null
  message?: string | null
  undone?: ImportUndone['undone'] | null
  kept_count?: number | null
}
type HeadRow = StoredHead & { is_abandoned: boolean; was_checked: boolean }

/** An import as GET /imports lists it. */
export type ImportHead = StoredHead & { form_label: string | undefined }

/** An import as GET /imports/:id answers it: until it is checked, its head alone. */
export type ImportAnswer = ImportHead &
  Partial<Pick<ImportOutcome, 'sheets' | 'errors' | 'table_errors' | 'warnings' | 'mapping' | 'proposals'>> & {
    notes?: string[]
    kept?: KeptRow[]
    /** It was checked by another definition than the one in force: it is to be checked again. */
    is_redefined?: true
  }

type Naming = Pick<Database, 'definitions'>

/** The row as it is answered. A server that ended amid an import leaves its state behind: nothing was written, so it is as before. */
function answerOf<T extends HeadRow>(
  { definitions }: Naming,
  { is_abandoned, was_checked, ...row }: T,
): Omit<T, 'is_abandoned' | 'was_checked'> & ImportHead {
  const whole = { ...row, form_label: formOf(definitions.of(row.campaign_id), row.form)?.label }
  if (!is_abandoned || isRunningHere(Number(row.id))) return whole
  return was_checked
    ? { ...whole, state: 'checked' }
    : { ...whole, state: 'failed', message: '服务器中断过，没有读完。请再上传一次。' }
}

/** One import with its outcome. 404 for whoever may not see it. */
export async function readImport(trx: Trx, naming: Naming, id: number): Promise<ImportAnswer> {
  const found = await sql<HeadRow & { result: Partial<ImportAnswer> | null; read_by: string | null }>`select ${head},
    case when jsonb_array_length(t.result -> 'errors') > ${MAX_LISTED}
      then jsonb_set(t.result, '{errors}', jsonb_path_query_array(t.result, ${`$.errors[0 to ${MAX_LISTED - 1}]`}::jsonpath))
      else t.result end - 'restaging' as result, t.result #>> '{restaging,frame,definition}' as read_by
    from imports t where t.id = ${id}`.execute(trx)
  if (!found.rows[0]) throw notFound()
  const { result, read_by, ...row } = found.rows[0]
  const answer = answerOf(naming, { ...row, ...result })
  const form = formOf(naming.definitions.of(row.campaign_id), row.form)
  const isRedefined = answer.state === 'checked' && read_by && form && isReadByAnother({ definition: read_by }, form)
  return isRedefined ? { ...answer, is_redefined: true } : answer
}

/** The list leaves the findings out and keeps their counts. */
export async function listImports(trx: Trx, naming: Naming, person: Person, query: ReturnType<typeof readListQuery>) {
  const conditions = [sql`true`]
  for (const [name, value] of Object.entries(query.filter)) {
    if (
      ['id', 'campaign_id', 'unit_id'].includes(name) &&
      ![value].flat().every((id) => typeof id !== 'object' && isInteger(String(id)))
    )
      throw badRequest(`${name} 应是编号。`)
    if (name === 'id') conditions.push(sql`t.id = any (${[value].flat()}::integer[])`)
    else if (name === 'form' || name === 'state') conditions.push(sql`t.${sql.ref(name)} = ${String(value)}`)
    else if (name === 'campaign_id' || name === 'unit_id')
      conditions.push(sql`t.${sql.ref(name)} = any (${[value].flat()}::integer[])`)
    else throw badRequest(`“${name.slice(0, 40)}”不能用来筛选。`)
  }
  const sortable = ['id', 'form', 'state', 'file_name', 'created_at', 'finished_at', 'size']
  const order = query.sort.map(([name, direction]) => {
    if (!sortable.includes(name)) throw badRequest(`“${name.slice(0, 40)}”不能用来排序。`)
    return sql`t.${sql.ref(name)} ${sql.raw(direction)}`
  })
  const where = sql.join(conditions, sql` and `)
  const own = person.role === 'clerk' ? sql`t.unit_id = ${person.unit_id}` : sql`true`
  const found = await sql<{ rows: HeadRow[]; total: number }>`
    with page as (
      select ${head}, t.result -> 'rows' as rows, t.result -> 'create' as "create", t.result -> 'update' as "update",
        t.result -> 'unchanged' as unchanged, t.result -> 'repeated' as repeated, t.result -> 'error_count' as error_count,
        t.result -> 'conflicts' as conflicts, t.result -> 'wrong' as wrong, t.result -> 'left_out' as left_out,
        t.result -> 'undecided' as undecided, t.result -> 'message' as message, t.result -> 'undone' as undone, t.result -> 'kept_count' as kept_count
      from imports t where ${where} and ${own}
      order by ${sql.join([...order, sql`t.id desc`])} limit ${query.limit} offset ${query.offset})
    select coalesce((select json_agg(page) from page), '[]') as rows,
      (select count(*)::integer from imports t where ${where} and ${own}) as total`.execute(trx)
  const { rows, total } = found.rows[0] as { rows: HeadRow[]; total: number }
  return { rows: rows.map((row) => answerOf(naming, row)), total }
}
