/**
 * The checks that need the database, for one row or fifty thousand alike: references by name within the scope, one-row
 * rules that look at what a row refers to, keys that are taken, cumulative counts that fall. REST, bulk and import all
 * come through here; each check is one statement for all rows.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Catalogue } from './catalogue.ts'
import type { Trx } from './database.ts'
import {
  checkRow,
  type Errors,
  type Field,
  type Form,
  fieldOf,
  forms,
  isBlank,
  type Related,
  type Row,
  sameText,
} from './forms/index.ts'
import { groupBy } from './lists.ts'

export type Scope = { campaign_id: number; unit_id: number | null }

/** A row on its way in: its values so far and, as it goes, its faults by field. */
export type Candidate = {
  row: Row
  errors: Errors
  /** The record it changes, if it is known. */
  id?: number
  /** The fields given now; undefined: all. */
  changed?: ReadonlySet<string>
  /** What stands beside a reference to tell records of one name apart: { event_id: { held_on: '2019-06-18' } }. */
  beside?: Record<string, Row>
  related?: Related
}

const maxNames = 2000
const compared = new Set(['text', 'long_text', 'url'])
/** Compared by app.same_text; text without blanks (names) is compared as it is, which an index can do. */
const isOne = (field: Field | undefined) => field !== undefined && compared.has(field.type) && !field.compact

/** Rows of a form within a scope that are not deleted. */
const within = (form: Form, scope: Scope, table: string): RawBuilder<unknown> => {
  const conditions = [sql`${sql.ref(`${table}.deleted_at`)} is null`]
  if (form.scope !== 'global') conditions.push(sql`${sql.ref(`${table}.campaign_id`)} = ${scope.campaign_id}`)
  if (form.scope === 'unit') conditions.push(sql`${sql.ref(`${table}.unit_id`)} = ${scope.unit_id}`)
  return sql.join(conditions, sql` and `)
}

// References ------------------------------------------------------------------------------------------------------

type Target = { id: number; label: string; keys: string[]; row: Row }

/** By which of its fields a record may be named: its name, and every key of one text field. */
const namingFields = (form: Form) => [
  ...new Set(
    [form.names, ...form.keys.filter((key) => key.length === 1).flat()].filter(
      (name) => fieldOf(form, name)?.type !== 'reference',
    ),
  ),
]

async function readTargets(trx: Trx, field: Field, scope: Scope, ids: number[], names: string[]): Promise<Target[]> {
  const form = forms[field.to ?? ''] as Form
  const naming = namingFields(form)
  const wanted = [...new Set([...naming, ...(field.brings ?? []), ...Object.keys(field.beside ?? {})])]
  const named = naming.map((name) => sql`app.same_text(${sql.ref(`r.${name}`)}) = any (${names}::text[])`)
  const found = await sql<Row & { id: number }>`
    select r.id, ${sql.join(wanted.map((name) => sql.ref(`r.${name}`)))} from ${sql.table(form.name)} r
    where ${within(form, scope, 'r')} and (r.id = any (${ids}::integer[]) or ${sql.join(named, sql` or `)})`.execute(
    trx,
  )
  return found.rows.map((row) => ({
    id: row.id,
    label: String(row[form.names]),
    keys: naming.filter((name) => row[name]).map((name) => sameText(String(row[name]))),
    row,
  }))
}

const pairsOf = (text: string) =>
  new Set(Array.from({ length: Math.max(text.length - 1, 1) }, (_, i) => text.slice(i, i + 2)))

/** How alike two names are, 0 to 1: shared pairs of neighbouring characters. */
function likeness(a: string, b: string) {
  const [left, right] = [pairsOf(sameText(a)), pairsOf(sameText(b))]
  const shared = [...left].filter((pair) => right.has(pair)).length
  return (2 * shared) / (left.size + right.size)
}

async function nearest(trx: Trx, form: Form, scope: Scope, name: string): Promise<string | undefined> {
  const known = await sql<{ label: string }>`
    select ${sql.ref(`r.${form.names}`)} as label from ${sql.table(form.name)} r where ${within(form, scope, 'r')} limit ${maxNames}`.execute(
    trx,
  )
  const best = known.rows
    .map(({ label }) => ({ label, like: likeness(label, name) }))
    .sort((a, b) => b.like - a.like)
    .at(0)
  return best && best.like >= 0.4 ? best.label : undefined
}

async function unknownName(trx: Trx, field: Field, scope: Scope, name: string) {
  const form = forms[field.to ?? ''] as Form
  const place = form.annex ? `附件${form.annex}` : form.label
  const near = await nearest(trx, form, scope, name)
  return `${place}里没有“${name}”。${near ? `最接近：${near}。` : ''}`
}

function choose(targets: Target[], candidate: Candidate, field: Field): Target[] {
  const beside = Object.entries(candidate.beside?.[field.name] ?? {}).filter(([, value]) => !isBlank(value))
  return beside.length && targets.length > 1
    ? targets.filter((target) => beside.every(([name, value]) => target.row[name] === value))
    : targets
}

/** Names become ids; an id must be one in scope. What a rule wants to see of the record is kept in `related`. */
async function resolve(trx: Trx, field: Field, scope: Scope, candidates: Candidate[]) {
  const concerned = candidates.filter(
    ({ row, errors, changed }) =>
      !isBlank(row[field.name]) &&
      !errors[field.name] &&
      (!changed || changed.has(field.name) || field.brings !== undefined),
  )
  if (concerned.length === 0) return
  const form = forms[field.to ?? ''] as Form
  const values = new Set(concerned.map(({ row }) => row[field.name]))
  const ids = [...values].filter((value) => typeof value === 'number')
  const names = [...values].filter((value) => typeof value === 'string').map(sameText)
  const targets = await readTargets(trx, field, scope, ids, names)
  const byId = new Map(targets.map((target) => [target.id, target]))
  const byName = groupBy(
    targets.flatMap((target) => [...new Set(target.keys)].map((key) => ({ key, target }))),
    ({ key }) => key,
  )
  const sentences = new Map<string, string>()
  for (const candidate of concerned) {
    const value = candidate.row[field.name]
    const named =
      typeof value === 'number'
        ? [byId.get(value)]
        : (byName.get(sameText(String(value))) ?? []).map(({ target }) => target)
    const found = choose(
      named.filter((target) => target !== undefined),
      candidate,
      field,
    )
    if (found.length === 1 && found[0]) {
      candidate.row[field.name] = found[0].id
      candidate.related = { ...candidate.related, [field.name]: found[0].row }
    } else if (found.length > 1) {
      candidate.errors[field.name] =
        `有 ${found.length} ${form.measure}都叫“${value}”，请再写明${besideLabels(field)}。`
    } else {
      const name = typeof value === 'number' ? `编号 ${value}` : String(value)
      const sentence = sentences.get(name) ?? (await unknownName(trx, field, scope, name))
      if (sentences.size < 200) sentences.set(name, sentence)
      candidate.errors[field.name] = sentence
    }
  }
}

const besideLabels = (field: Field) =>
  Object.values(field.beside ?? {})
    .map((headings) => headings[0])
    .join('、') || '编号'

// Files -----------------------------------------------------------------------------------------------------------

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

// Keys ------------------------------------------------------------------------------------------------------------

const isFilled = (row: Row, key: readonly string[]) => key.every((name) => !isBlank(row[name]))
const keyValue = (form: Form, row: Row, name: string) =>
  isOne(fieldOf(form, name)) ? sameText(String(row[name])) : row[name]

/** What a row is known by: its first filled key, as text that is equal for equal keys. Undefined if none is filled. */
export function keyOf(form: Form, row: Row): string | undefined {
  const key = form.keys.find((names) => isFilled(row, names))
  return key && JSON.stringify([form.keys.indexOf(key), ...key.map((name) => keyValue(form, row, name))])
}

type Match = { n: number; id: number }

const equality = (form: Form, name: string) =>
  isOne(fieldOf(form, name))
    ? sql`app.same_text(${sql.ref(`t.${name}`)}) = ${sql.ref(`x.${name}`)}`
    : sql`${sql.ref(`t.${name}`)} = ${sql.ref(`x.${name}`)}`

/** Records that share a key with rows given as [n, row]; of `without` they must lack one each. */
async function matchKey(
  trx: Trx,
  form: Form,
  types: ReadonlyMap<string, string>,
  scope: Scope,
  rows: readonly (readonly [number, Row])[],
  key: readonly string[],
  without: readonly (readonly string[])[],
): Promise<Match[]> {
  const given = rows.map(([n, row]) => ({
    n,
    ...Object.fromEntries(key.map((name) => [name, keyValue(form, row, name)])),
  }))
  const columns = key.map((name) => sql`${sql.ref(name)} ${sql.raw(types.get(name) ?? 'text')}`)
  const lacking = without.map((names) => {
    const optional = names.filter((name) => !fieldOf(form, name)?.required)
    return sql`(${
      optional.length
        ? sql.join(
            optional.map((name) => sql`${sql.ref(`t.${name}`)} is null`),
            sql` or `,
          )
        : sql`false`
    })`
  })
  const conditions = [within(form, scope, 't'), ...key.map((name) => equality(form, name)), ...lacking]
  const found = await sql<Match>`
    select x.n, t.id from json_to_recordset(${JSON.stringify(given)}::json) as x (n integer, ${sql.join(columns)})
    join ${sql.table(form.name)} t on ${sql.join(conditions, sql` and `)}`.execute(trx)
  return found.rows
}

/**
 * The record each row stands for, by the form's keys in their order: its id, or undefined where there is none yet
 * (or more than one, where a weak key fits several records).
 */
export async function findRecords(
  trx: Trx,
  form: Form,
  catalogue: Catalogue,
  scope: Scope,
  rows: Row[],
): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = new Array(rows.length)
  const types = catalogue.types(form.name)
  for (const [level, key] of form.keys.entries()) {
    const open = [...rows.entries()].filter(([n, row]) => found[n] === undefined && isFilled(row, key))
    // A record with an earlier key of its own is another one if the row has that key too: it would have been found by it.
    const earlier = ([, row]: readonly [number, Row]) =>
      form.keys.slice(0, level).filter((names) => isFilled(row, names))
    for (const group of groupBy(open, (each) => JSON.stringify(earlier(each))).values()) {
      const without = earlier(group[0] as [number, Row])
      const matches = groupBy(await matchKey(trx, form, types, scope, group, key, without), (match) => match.n)
      for (const [n, several] of matches) if (several.length === 1) found[n] = several[0]?.id
    }
  }
  return found
}

const nameOf = (form: Form, row: Row) => String(row[form.names] ?? '')

function taken(form: Form, row: Row, name: string): Errors {
  const key = form.keys.find((names) => isFilled(row, names)) ?? []
  const field = (key.includes(form.names) ? form.names : key.at(-1)) ?? form.names
  const labels = key.map((each) => fieldOf(form, each)?.label)
  const who = name ? `：${name}` : ''
  return {
    [field]:
      labels.length === 1
        ? `这个${labels[0]}已经登记过${who}。`
        : `${labels.join('、')}都相同的${form.label}已经有了${who}。`,
  }
}

/** Faults of rows whose key belongs to another record, or twice to this very batch. */
export async function checkKeys(trx: Trx, form: Form, catalogue: Catalogue, scope: Scope, candidates: Candidate[]) {
  const concerned = candidates.filter(
    ({ changed, errors }) =>
      Object.keys(errors).length === 0 && (!changed || form.keys.flat().some((name) => changed.has(name))),
  )
  const first = new Map<string, Candidate>()
  for (const candidate of concerned) {
    const key = keyOf(form, candidate.row)
    const twin = key && first.get(key)
    if (twin) Object.assign(candidate.errors, taken(form, candidate.row, nameOf(form, twin.row)))
    else if (key) first.set(key, candidate)
  }
  const open = concerned.filter(({ errors }) => Object.keys(errors).length === 0)
  const ids = await findRecords(
    trx,
    form,
    catalogue,
    scope,
    open.map(({ row }) => row),
  )
  const others = open.flatMap((candidate, i) =>
    ids[i] !== undefined && ids[i] !== candidate.id ? [{ candidate, id: ids[i] }] : [],
  )
  if (others.length === 0) return
  const names = await sql<{ id: number; name: string }>`
    select t.id, ${sql.ref(`t.${form.names}`)}::text as name from ${sql.table(form.name)} t where t.id = any (${others.map(({ id }) => id)}::integer[])`.execute(
    trx,
  )
  const byId = new Map(names.rows.map(({ id, name }) => [id, name]))
  for (const { candidate, id } of others)
    Object.assign(candidate.errors, taken(form, candidate.row, byId.get(id) ?? ''))
}

// Series ----------------------------------------------------------------------------------------------------------

/** Cumulative counts must not fall from one snapshot of a series to the next. */
async function checkSeries(trx: Trx, form: Form, catalogue: Catalogue, scope: Scope, candidates: Candidate[]) {
  const { series } = form
  if (!series) return
  const given = candidates.filter(
    ({ row, errors }) => isFilled(row, [...series.of, series.on]) && Object.keys(errors).length === 0,
  )
  if (given.length === 0) return
  const types = catalogue.types(form.name)
  const seriesOf = (row: Row) => JSON.stringify(series.of.map((name) => keyValue(form, row, name)))
  const sets = [
    ...new Map(
      given.map(({ row }) => [
        seriesOf(row),
        Object.fromEntries(series.of.map((name) => [name, keyValue(form, row, name)])),
      ]),
    ).values(),
  ]
  const equal = series.of.map((name) => equality(form, name))
  const stored = await sql<Row & { id: number }>`
    select t.id, ${sql.join([...series.of, series.on, ...series.rising].map((name) => sql.ref(`t.${name}`)))}
    from json_to_recordset(${JSON.stringify(sets)}::json) as x (${sql.join(series.of.map((name) => sql`${sql.ref(name)} ${sql.raw(types.get(name) ?? 'text')}`))})
    join ${sql.table(form.name)} t on ${within(form, scope, 't')} and ${sql.join(equal, sql` and `)}`.execute(trx)
  const replaced = new Set(candidates.map(({ id }) => id))
  const all = groupBy([...stored.rows.filter(({ id }) => !replaced.has(id)), ...given.map(({ row }) => row)], seriesOf)
  for (const { row, errors } of given) {
    const others = (all.get(seriesOf(row)) ?? []).filter((other) => other !== row)
    for (const name of series.rising) {
      const label = fieldOf(form, name)?.label
      const higher = others.find(
        (other) =>
          String(other[series.on]) < String(row[series.on]) &&
          Number(other[name] ?? 0) > Number(row[name] ?? 0) &&
          row[name] !== null,
      )
      const lower = others.find(
        (other) =>
          String(other[series.on]) > String(row[series.on]) &&
          other[name] !== null &&
          Number(other[name]) < Number(row[name] ?? 0),
      )
      const sentence = higher
        ? `${label} ${row[name]} 比 ${higher[series.on]} 统计的 ${higher[name]} 少，累计数不能减少，请核对。`
        : lower && `${label} ${row[name]} 比 ${lower[series.on]} 统计的 ${lower[name]} 多，累计数不能减少，请核对。`
      if (sentence) errors[name] = sentence
    }
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
    if (field.type === 'reference') await resolve(trx, field, scope, candidates)
    if (field.type === 'attachments') await checkFiles(trx, field, scope, candidates)
  }
  for (const candidate of candidates) {
    const errors = checkRow(form, candidate.row, candidate.related)
    for (const [name, sentence] of Object.entries(errors)) candidate.errors[name] ??= sentence
  }
  await checkSeries(trx, form, catalogue, scope, candidates)
}
