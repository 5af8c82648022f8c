/** References: names become ids within the scope, never created; an unknown name is refused with the nearest known one. */
import { sql } from 'kysely'
import type { Trx } from '../database/connection.ts'
import {
  type Field,
  type Form,
  fieldOf,
  formOf,
  formsBeside,
  isBlank,
  placeOf,
  type Row,
  sameText,
  targetOf,
  types,
  type Value,
} from '../forms/index.ts'
import { groupBy } from './group_by.ts'
import { askOnce, type Candidate, type Scope, within } from './scope.ts'

const MAX_NAMES_A_QUERY = 2000
/** Values whose records a run remembers. */
const MAX_KNOWN_NAMES = 20_000
/** Unknown names whose sentences a run remembers. */
const MAX_SENTENCES = 200

/** Records that a reference may point to: within the scope, and among those named there where it says so. */
function pointable(target: Form, scope: Scope, field: Field) {
  const naming = formOf(formsBeside(target), field.among ?? '')
  const by = naming?.fields.find(({ to }) => to === field.to)
  if (!naming || !by) return within(target, scope, 'r')
  return sql`${within(target, scope, 'r')} and exists (select from ${sql.table(naming.name)} a
    where ${sql.ref(`a.${by.name}`)} = r.id and ${within(naming, scope, 'a')})`
}

type ReferencedRow = { id: number; label: string; keys: string[]; row: Row }

/** By which of its fields a record may be named: its name, and every key of one field that is kept as text. */
const namingFields = (form: Form) => {
  const isText = (name: string) => types[fieldOf(form, name)?.type ?? 'reference'].column === 'text'
  const named = fieldOf(form, form.names)?.type === 'reference' ? [] : [form.names]
  return [
    ...new Set([
      ...named,
      ...form.keys
        .filter((key) => key.length === 1)
        .flat()
        .filter(isText),
    ]),
  ]
}

/** Records with these ids or names; without `named` all there are, of a form that has few. */
async function readTargets(
  trx: Trx,
  target: Form,
  field: Field,
  scope: Scope,
  named?: { ids: number[]; names: string[] },
): Promise<ReferencedRow[]> {
  const naming = namingFields(target)
  const aliases = target.aliases ? [target.aliases] : []
  const wanted = [...new Set([...naming, ...aliases, ...(field.brings ?? []), ...Object.keys(field.beside ?? {})])]
  const isNamed =
    named &&
    sql.join(
      [
        sql`r.id = any (${named.ids}::integer[])`,
        ...naming.map((name) => sql`app.same_text(${sql.ref(`r.${name}`)}::text) = any (${named.names}::text[])`),
        ...aliases.map(
          (name) =>
            sql`exists (select from unnest(${sql.ref(`r.${name}`)}) a where app.same_text(a) = any (${named.names}::text[]))`,
        ),
      ],
      sql` or `,
    )
  const found = await sql<Row & { id: number }>`
    select r.id, ${sql.join(wanted.map((name) => sql.ref(`r.${name}`)))} from ${sql.table(target.name)} r
    where ${pointable(target, scope, field)} and (${isNamed ?? sql`true`}) limit ${named ? null : MAX_NAMES_A_QUERY}`.execute(
    trx,
  )
  return found.rows.map((row) => ({
    id: row.id,
    label: String(row[target.names]),
    keys: [...naming, ...aliases].flatMap((name) => [row[name] ?? []].flat()).map((name) => sameText(String(name))),
    row,
  }))
}

/** Those of these records that words name, given in `sameText`: exactly, else as people lengthen and shorten names. */
export function called<T extends { keys: readonly string[] }>(form: Form, records: readonly T[], words: string): T[] {
  const exact = records.filter(({ keys }) => keys.includes(words))
  const { familiar } = form
  const bare = familiar?.(words)
  if (exact.length > 0 || !familiar || !bare) return exact
  return records.filter(({ keys }) => keys.some((key) => familiar(key) === bare))
}

type Directory = { targets: Map<number | string, ReferencedRow[]>; sentences: Map<string, string> }

/** What these values stand for, by value; a run that remembers asks for each value once. */
async function lookUp(
  trx: Trx,
  target: Form,
  field: Field,
  scope: Scope,
  values: ReadonlySet<Value | undefined>,
): Promise<Directory> {
  const directory = await askOnce(
    scope,
    `reference ${field.name} ${field.to}`,
    async (): Promise<Directory> => ({
      targets: new Map(),
      sentences: new Map(),
    }),
  )
  const { targets } = directory
  if (targets.size > MAX_KNOWN_NAMES) targets.clear()
  const open = [...values].filter((value) => isName(value) && !targets.has(value)) as (number | string)[]
  if (open.length === 0) return directory
  const ids = open.filter((value) => typeof value === 'number')
  const words = new Map(open.filter((value) => typeof value === 'string').map((value) => [value, sameText(value)]))
  const found = await readTargets(trx, target, field, scope, { ids, names: [...new Set(words.values())] })
  const byName = groupBy(
    found.flatMap((record) => [...new Set(record.keys)].map((key) => ({ key, record }))),
    ({ key }) => key,
  )
  const byId = groupBy(found, ({ id }) => id)
  for (const id of ids) targets.set(id, byId.get(id) ?? [])
  for (const [value, key] of words) {
    const exact = (byName.get(key) ?? []).map(({ record }) => record)
    targets.set(value, exact.length > 0 ? exact : await readFamiliar(trx, target, field, scope, key))
  }
  return directory
}

/** What words name that are no record's own name. */
async function readFamiliar(
  trx: Trx,
  target: Form,
  field: Field,
  scope: Scope,
  words: string,
): Promise<ReferencedRow[]> {
  if (!target.familiar) return []
  const all = await askOnce(scope, `all ${field.name} ${target.name}`, () => readTargets(trx, target, field, scope))
  return called(target, all, words)
}

const isName = (value: unknown) => typeof value === 'number' || typeof value === 'string'

const pairsOf = (text: string) =>
  new Set(Array.from({ length: Math.max(text.length - 1, 1) }, (_, i) => text.slice(i, i + 2)))

/** How alike two names are, 0 to 1: shared pairs of neighbouring characters. */
function likeness(a: string, b: string) {
  const [left, right] = [pairsOf(sameText(a)), pairsOf(sameText(b))]
  const shared = [...left].filter((pair) => right.has(pair)).length
  return (2 * shared) / (left.size + right.size)
}

async function nearest(trx: Trx, target: Form, field: Field, scope: Scope, name: string): Promise<string | undefined> {
  const known = await askOnce(scope, `names ${target.name} ${field.among}`, () =>
    sql<{ label: string }>`
      select ${sql.ref(`r.${target.names}`)} as label from ${sql.table(target.name)} r where ${pointable(target, scope, field)} limit ${MAX_NAMES_A_QUERY}`.execute(
      trx,
    ),
  )
  const best = known.rows
    .map(({ label }) => ({ label, like: likeness(label, name) }))
    .sort((a, b) => b.like - a.like)
    .at(0)
  return best && best.like >= 0.4 ? best.label : undefined
}

async function unknownName(trx: Trx, target: Form, field: Field, scope: Scope, name: string) {
  const listed = formOf(formsBeside(target), field.among ?? '') ?? target
  const near = await nearest(trx, target, field, scope, name)
  return `${placeOf(listed)}里没有“${name}”。${near ? `最接近：${near}。` : ''}`
}

function choose(targets: ReferencedRow[], candidate: Candidate, field: Field): ReferencedRow[] {
  const beside = Object.entries(candidate.beside?.[field.name] ?? {}).filter(([, value]) => !isBlank(value))
  return beside.length && targets.length > 1
    ? targets.filter((target) => beside.every(([name, value]) => target.row[name] === value))
    : targets
}

/** Names become ids; an id must be one in scope. What a rule wants to see of the record is kept in `related`. */
export async function resolve(trx: Trx, form: Form, field: Field, scope: Scope, candidates: Candidate[]) {
  const concerned = candidates.filter(
    ({ row, errors, changed }) =>
      !isBlank(row[field.name]) &&
      !errors[field.name] &&
      (!changed || changed.has(field.name) || field.brings !== undefined),
  )
  if (concerned.length === 0) return
  const target = targetOf(form, field) as Form
  const { targets, sentences } = await lookUp(
    trx,
    target,
    field,
    scope,
    new Set(concerned.map(({ row }) => row[field.name])),
  )
  for (const candidate of concerned) {
    const value = candidate.row[field.name]
    const named = isName(value) ? (targets.get(value as number | string) ?? []) : []
    const found = choose(named, candidate, field)
    if (found.length === 1 && found[0]) {
      candidate.row[field.name] = found[0].id
      if (field.brings) candidate.related = { ...candidate.related, [field.name]: found[0].row }
    } else if (found.length > 1) {
      candidate.errors[field.name] =
        `有 ${found.length} ${target.measure}都叫“${value}”，请再写明${besideLabels(field)}。`
    } else {
      const name = typeof value === 'number' ? `编号 ${value}` : String(value)
      const sentence = sentences.get(name) ?? (await unknownName(trx, target, field, scope, name))
      if (sentences.size < MAX_SENTENCES) sentences.set(name, sentence)
      candidate.errors[field.name] = sentence
    }
  }
}

const besideLabels = (field: Field) =>
  Object.values(field.beside ?? {})
    .map((headings) => headings[0])
    .join('、') || '编号'
