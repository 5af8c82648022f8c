/** Keys: which record a row stands for, and keys that are taken. One statement for all rows. */
import { type RawBuilder, sql } from 'kysely'
import type { Catalogue } from '../database/catalogue.ts'
import type { Trx } from '../database/connection.ts'
import { type Errors, type Field, type Form, fieldOf, isBlank, printField, type Row, sameText } from '../forms/index.ts'
import { groupBy } from './group_by.ts'
import { namesOf } from './read.ts'
import { askOnce, type Candidate, type Scope, within } from './scope.ts'

const compared = new Set(['text', 'long_text', 'url'])
/** Compared by app.same_text, as the unique indexes do it. */
const isOne = (field: Field | undefined) => field !== undefined && compared.has(field.type)

export const isFilled = (row: Row, key: readonly string[]) => key.every((name) => !isBlank(row[name]))
export const keyValue = (form: Form, row: Row, name: string) =>
  isOne(fieldOf(form, name)) ? sameText(String(row[name])) : row[name]

/** What a row is known by: its first filled key, as text that is equal for equal keys. Undefined if none is filled. */
function keyOf(form: Form, row: Row): string | undefined {
  const key = form.keys.find((names) => isFilled(row, names))
  return key && JSON.stringify([form.keys.indexOf(key), ...key.map((name) => keyValue(form, row, name))])
}

type Match = { n: number; id: number }

export const equality = (form: Form, name: string) =>
  isOne(fieldOf(form, name))
    ? sql`app.same_text(${sql.ref(`t.${name}`)}) = ${sql.ref(`x.${name}`)}`
    : sql`${sql.ref(`t.${name}`)} = ${sql.ref(`x.${name}`)}`

type Search = { trx: Trx; form: Form; types: ReadonlyMap<string, string>; scope: Scope }

/** Records that could be meant by a key: in scope, and of each key in `without` they lack a part. */
function searched({ form, scope }: Search, without: readonly (readonly string[])[]) {
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
  return [within(form, scope, 't'), ...lacking]
}

/** Whether the form has a record `t` that meets all conditions. */
export async function hasRecord(trx: Trx, form: Form, conditions: readonly RawBuilder<unknown>[]): Promise<boolean> {
  const found = await sql<{ any: boolean }>`
    select exists (select from ${sql.table(form.name)} t where ${sql.join(conditions, sql` and `)}) as any`.execute(trx)
  return found.rows[0]?.any === true
}

/** Records that share a key with rows given as [n, row]; of `without` they must lack one each. */
async function matchKey(
  search: Search,
  rows: readonly (readonly [number, Row])[],
  key: readonly string[],
  without: readonly (readonly string[])[],
): Promise<Match[]> {
  const { trx, form, types, scope } = search
  const conditions = searched(search, without)
  // most units have every record's phone: then nobody is looked for by name and workplace
  const any = await askOnce(scope, `${form.name} ${without.join(' ')}`, async () => {
    if (!scope.known) return true
    return hasRecord(trx, form, conditions)
  })
  if (!any) return []
  const given = rows.map(([n, row]) => {
    const values: Row = { n }
    for (const name of key) values[name] = keyValue(form, row, name) ?? null
    return values
  })
  const columns = key.map((name) => sql`${sql.ref(name)} ${sql.raw(types.get(name) ?? 'text')}`)
  const equal = key.map((name) => equality(form, name))
  const found = await sql<Match>`
    select x.n, t.id from json_to_recordset(${JSON.stringify(given)}::json) as x (n integer, ${sql.join(columns)})
    join ${sql.table(form.name)} t on ${sql.join([...conditions, ...equal], sql` and `)}`.execute(trx)
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
  const search = { trx, form, types: catalogue.types(form.name), scope }
  for (const [level, key] of form.keys.entries()) {
    const open = [...rows.entries()].filter(([n, row]) => found[n] === undefined && isFilled(row, key))
    // A record with an earlier key of its own is another one if the row has that key too: it would have been found by it.
    const keys = form.keys.slice(0, level)
    const earlier = ([, row]: readonly [number, Row]) =>
      keys.reduce((bits, names, at) => (isFilled(row, names) ? bits | (1 << at) : bits), 0)
    for (const [bits, group] of groupBy(open, earlier)) {
      const without = keys.filter((_names, at) => bits & (1 << at))
      const matches = groupBy(await matchKey(search, group, key, without), (match) => match.n)
      for (const [n, several] of matches) if (several.length === 1) found[n] = several[0]?.id
    }
  }
  return found
}

/** What a row on its way in is called; a reference is only an id by now, and the sentence does without. */
const nameOf = (form: Form, row: Row) =>
  fieldOf(form, form.names)?.type === 'reference' ? '' : String(row[form.names] ?? '')

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

/** Faults of rows whose key belongs to another record, or twice to this very batch; the same for what else is unique. */
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
  const byId = await namesOf(
    trx,
    form,
    others.map(({ id }) => id),
  )
  for (const { candidate, id } of others)
    Object.assign(candidate.errors, taken(form, candidate.row, byId.get(id) ?? ''))
  await checkUnique(trx, form, catalogue, scope, candidates)
}

const sharedBy = (form: Form, names: readonly string[], row: Row, owner: string) => {
  const fields = names.flatMap((name) => fieldOf(form, name) ?? [])
  const [field] = fields
  return fields.length === 1 && field
    ? `${field.label} ${printField(field, row[field.name])} 已经给了${owner}。`
    : `${fields.map(({ label }) => label).join('、')}都相同的已经有了：${owner}。`
}

/** What must be unique besides the keys: said at its field, with who has it. Rows of one batch may change places. */
export async function checkUnique(trx: Trx, form: Form, catalogue: Catalogue, scope: Scope, candidates: Candidate[]) {
  const search = { trx, form, types: catalogue.types(form.name), scope }
  for (const names of form.unique ?? []) {
    const open = candidates.filter(
      ({ row, errors, changed }) =>
        Object.keys(errors).length === 0 &&
        isFilled(row, names) &&
        (!changed || names.some((name) => changed.has(name))),
    )
    const moving = new Set(open.map(({ id }) => id))
    const rows = open.map(({ row }, n) => [n, row] as const)
    const stored = (await matchKey(search, rows, names, [])).filter(({ id }) => !moving.has(id))
    const called = await namesOf(
      trx,
      form,
      stored.map(({ id }) => id),
    )
    const owners = new Map(stored.map(({ n, id }) => [n, `“${called.get(id)}”`]))
    const met = new Set<string>()
    for (const [n, { row, errors }] of open.entries()) {
      const key = JSON.stringify(names.map((name) => keyValue(form, row, name)))
      const owner = owners.get(n) ?? (met.has(key) ? '同时存的另一行' : undefined)
      met.add(key)
      const field = fieldOf(form, names.at(-1) ?? '')
      if (!owner || !field) continue
      const said = form.rules?.find(({ unique }) => unique === names)?.definition?.says
      errors[field.name] = said ?? sharedBy(form, names, row, owner)
    }
  }
}
