/**
 * The checks that need the database, for one row or fifty thousand alike: references by name within the scope, files,
 * one-row rules that look at what a row refers to, cumulative counts that fall. REST, bulk and import all come through
 * here; each check is one statement for all rows.
 */
import { sql } from 'kysely'
import type { Catalogue } from '../database/catalogue.ts'
import type { Trx } from '../database/connection.ts'
import {
  type Attachment,
  askRules,
  checkRow,
  type Field,
  type Form,
  isBlank,
  type Row,
  rulesBeside,
} from '../forms/index.ts'
import { equality, isFilled, keyValue } from './keys.ts'
import { resolve } from './references.ts'
import { askOnce, type Candidate, type Scope, within } from './scope.ts'

const fileIds = (value: unknown) =>
  Array.isArray(value) ? value.flatMap((file) => (typeof file === 'string' ? [] : [Number(file.id)])) : []

/** A row shows its own unit's files only: naming another's would open that file to whoever may see the row. */
async function checkFiles(trx: Trx, { name, label }: Field, scope: Scope, candidates: Candidate[]) {
  const concerned = candidates.filter(
    ({ row, errors, changed }) => row[name] && !errors[name] && (!changed || changed.has(name)),
  )
  if (concerned.length === 0) return
  const ids = concerned.flatMap(({ row }) => fileIds(row[name]))
  const found = await sql<{
    id: number
  }>`select f.id from files f where f.id = any (${ids}::bigint[]) and f.unit_id = ${scope.unit_id}`.execute(trx)
  const own = new Set(found.rows.map(({ id }) => id))
  for (const { row, errors } of concerned)
    if (fileIds(row[name]).some((id) => !own.has(id))) errors[name] = `${label}里有不是本单位上传的文件，请重新上传。`
}

/** Stored snapshots that may be of the same thing as one of these rows: one statement for each way of being alike. */
async function alike(trx: Trx, form: Form, catalogue: Catalogue, scope: Scope, given: readonly Candidate[]) {
  const { series } = form
  if (!series) return []
  const types = catalogue.types(form.name)
  const columns = [...series.of, ...series.by, series.on, ...series.rising].map((name) => sql.ref(`t.${name}`))
  const found = new Map<number, Row & { id: number }>()
  for (const name of series.by) {
    const names = [...series.of, name]
    const sets = new Map<string, Row>()
    for (const { row } of given) {
      if (isBlank(row[name])) continue
      const set = Object.fromEntries(names.map((each) => [each, keyValue(form, row, each) ?? null]))
      sets.set(JSON.stringify(set), set)
    }
    if (sets.size === 0) continue
    const typed = names.map((each) => sql`${sql.ref(each)} ${sql.raw(types.get(each) ?? 'text')}`)
    const stored = await sql<Row & { id: number }>`
      select t.id, ${sql.join(columns)}
      from json_to_recordset(${JSON.stringify([...sets.values()])}::json) as x (${sql.join(typed)})
      join ${sql.table(form.name)} t on ${within(form, scope, 't')}
        and ${sql.join(
          names.map((each) => equality(form, each)),
          sql` and `,
        )}`.execute(trx)
    for (const row of stored.rows) found.set(row.id, row)
  }
  return [...found.values()]
}

/**
 * Cumulative counts must not fall from one snapshot of a series to the next. A fall is reported once, at the later snapshot; the
 * earlier one is at fault only where the later one is stored and not among these rows.
 */
async function checkSeries(trx: Trx, form: Form, catalogue: Catalogue, scope: Scope, candidates: Candidate[]) {
  const { series } = form
  if (!series) return
  const given = candidates.filter(
    ({ row, errors }) => isFilled(row, [...series.of, series.on]) && Object.keys(errors).length === 0,
  )
  if (given.length === 0) return
  const replaced = new Set(candidates.map(({ id }) => id))
  const stored = (await alike(trx, form, catalogue, scope, given)).filter(({ id }) => !replaced.has(id))
  const on = (row: Row) => String(row[series.on])
  const good = seriesOf(form, series)
  const rules = rulesBeside(form, 'series')
  for (const row of stored) good.add(row)
  for (const { row, errors } of [...given].sort((a, b) =>
    on(a.row) < on(b.row) ? -1 : on(a.row) > on(b.row) ? 1 : 0,
  )) {
    // a fall since the one before is reported rather than one to the one after
    const others = good.of(row).sort((a, b) => Number(on(a) > on(row)) - Number(on(b) > on(row)))
    for (const other of others)
      for (const [name, sentence] of Object.entries(askRules(rules, 'must', row, { series: other }, 'storing')))
        errors[name] ??= sentence
    // what comes later is held against what may stay
    if (Object.keys(errors).length === 0) good.add(row)
  }
}

/** Snapshots of a form, and those among them that are of the same thing as a row. */
function seriesOf(form: Form, series: NonNullable<Form['series']>) {
  const [strong, weak] = series.by
  const words = (row: Row, name: string) =>
    isBlank(row[name]) ? '' : JSON.stringify([...series.of, name].map((each) => keyValue(form, row, each)))
  const byStrong = new Map<string, Row[]>()
  const byWeak = new Map<string, Row[]>()
  function put(map: Map<string, Row[]>, key: string, row: Row): void {
    const list = map.get(key)
    if (list) list.push(row)
    else if (key !== '') map.set(key, [row])
  }
  return {
    add(row: Row): void {
      put(byStrong, words(row, strong), row)
      put(byWeak, words(row, weak), row)
    },
    of(row: Row): Row[] {
      const near = byWeak.get(words(row, weak)) ?? []
      if (isBlank(row[strong])) return near
      return [...near.filter((other) => isBlank(other[strong])), ...(byStrong.get(words(row, strong)) ?? [])]
    },
  }
}

/** The days of their campaign beside rows, where a rule of the form looks at them. */
export async function bringCampaign(trx: Trx, form: Form, scope: Scope, candidates: Candidate[]): Promise<void> {
  if (rulesBeside(form, 'campaign').length === 0) return
  const campaign = await askOnce(scope, 'campaign', async () => {
    const found =
      await sql<Row>`select c.starts_on, c.ends_on, app.prizes_of(c.id) as prizes from campaigns c where c.id = ${scope.campaign_id}`.execute(
        trx,
      )
    return found.rows[0]
  })
  for (const candidate of candidates) candidate.related = { ...candidate.related, campaign }
}

/** What the files of rows are, where a rule of the form looks at them: types and sizes as they were uploaded. */
export async function bringUploads(trx: Trx, form: Form, candidates: Candidate[]): Promise<void> {
  if (rulesBeside(form, 'uploads').length === 0) return
  const names = form.fields.filter(({ type }) => type === 'attachments').map(({ name }) => name)
  const ids = candidates.flatMap(({ row }) => names.flatMap((name) => fileIds(row[name])))
  const found = await sql<{ id: number; type: string; size: number }>`
    select f.id, f.type, f.size from files f where f.id = any (${ids}::bigint[])`.execute(trx)
  const known = new Map(found.rows.map((file) => [file.id, file]))
  const whole = (files: unknown) => ((files ?? []) as Attachment[]).map((file) => ({ ...file, ...known.get(file.id) }))
  for (const candidate of candidates)
    candidate.related = {
      ...candidate.related,
      uploads: Object.fromEntries(names.map((name) => [name, whole(candidate.row[name])])),
    }
}

/**
 * Everything a row must satisfy before it is written, but for keys that are taken (`checkKeys`; an import looks its
 * records up instead). Resolves references in place and adds sentences to `errors`.
 */
export async function admit(
  trx: Trx,
  form: Form,
  catalogue: Catalogue,
  scope: Scope,
  candidates: Candidate[],
): Promise<void> {
  for (const field of form.fields) {
    if (field.type === 'reference') await resolve(trx, form, field, scope, candidates)
    if (field.type === 'attachments') await checkFiles(trx, field, scope, candidates)
  }
  await bringCampaign(trx, form, scope, candidates)
  for (const candidate of candidates) {
    const errors = checkRow(form, candidate.row, candidate.related)
    for (const [name, sentence] of Object.entries(errors)) candidate.errors[name] ??= sentence
  }
  await checkSeries(trx, form, catalogue, scope, candidates)
}
