/**
 * What the database says of itself: the columns of each form's table, and which of them each role may read and write. So
 * the permission table stands in one place, db/security/050_grants.sql. Read at start, and again when forms have changed.
 */
import { type Form, maskedOf } from '../forms/index.ts'
import type { Definitions } from './definitions.ts'

type ColumnSight =
  | { by: 'column' }
  /** app.<form>_<field>(id): derived, or visible by row. */
  | { by: 'function' }
  /** Only the masked twin may be read: shown, never filtered or sorted by. */
  | { by: 'mask' }

export type Sight = {
  /** What the role may see of the table, in its order. */
  seen: ReadonlyMap<string, ColumnSight>
  insert: ReadonlySet<string>
  update: ReadonlySet<string>
}

export type Catalogue = {
  /** Of a form's table the columns that the form has and those that every row has; not what other campaigns added to it. */
  sight: (role: string, form: Form) => Sight
  /** PostgreSQL type of each column, by form. */
  types: (form: string) => ReadonlyMap<string, string>
  /** Whether text can be put in pinyin order. */
  has_pinyin: boolean
}

type ColumnRow = {
  relation: string
  name: string
  type: string
  role: string
  can_select: boolean
  can_insert: boolean
  can_update: boolean
}

/**
 * Where each role finds the relations that a statement names: first the views that take out of a table what the role may
 * not read of it, where there are any, then the table (db/security/025_told.sql).
 */
export const searchPaths = {
  province: 'public',
  clerk: 'hosting, public',
  cac: 'told, public',
  juror: 'judging, told, public',
} as const

const roles = Object.keys(searchPaths)

/** The columns of a table as one role meets them. */
type TableSight = { columns: string[]; readable: Set<string>; insert: Set<string>; update: Set<string> }

/** Reads the catalogue through `query`, which runs as the login: the functions it asks are open to all. */
export async function readCatalogue(
  query: (text: string) => Promise<unknown[]>,
  definitions: Pick<Definitions, 'of'>,
): Promise<Catalogue> {
  const forms = definitions.of()
  const names = Object.keys(forms)
    .map((name) => `'${name}'`)
    .join(',')
  const columns = (await query(`
    select c.relname as relation, a.attname as name, format_type(a.atttypid, null) as type, r.role,
      -- a view need not have the column
      coalesce(has_column_privilege('haowangmin_' || r.role, read.oid, met.attnum, 'select'), false) as can_select,
      has_column_privilege('haowangmin_' || r.role, c.oid, a.attnum, 'insert') as can_insert,
      has_column_privilege('haowangmin_' || r.role, c.oid, a.attnum, 'update') as can_update
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and a.attname !~ '^_next_' -- made ready for a publication that is under way
    cross join (values ${Object.entries(searchPaths).map(([role, path]) => `('${role}', '${path}')`)}) as r (role, path)
    cross join lateral (
      select v.oid from pg_class v join pg_namespace s on s.oid = v.relnamespace
      where v.relname = c.relname and s.nspname = any (string_to_array(r.path, ', '))
      order by array_position(string_to_array(r.path, ', '), s.nspname::text) limit 1) as read
    left join pg_attribute met on met.attrelid = read.oid and met.attname = a.attname
    where c.relname in (${names}) order by c.relname, a.attnum`)) as ColumnRow[]
  const functions = (await query(`
    select p.proname as name, r.role from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'app'
    cross join unnest(array[${roles.map((role) => `'${role}'`)}]) as r (role)
    where has_function_privilege('haowangmin_' || r.role, p.oid, 'execute')`)) as { name: string; role: string }[]
  const collations = await query(`select from pg_collation where collname = 'zh-x-icu'`)
  const callable = new Set(functions.map((row) => `${row.role} ${row.name}`))

  const types = new Map<string, Map<string, string>>()
  const tables = new Map<string, TableSight>()
  for (const { relation, name, type, role, ...can } of columns) {
    types.set(relation, (types.get(relation) ?? new Map()).set(name, type))
    const table = tables.get(`${role} ${relation}`) ?? emptySight()
    tables.set(`${role} ${relation}`, table)
    table.columns.push(name)
    if (can.can_select) table.readable.add(name)
    if (can.can_insert) table.insert.add(name)
    if (can.can_update) table.update.add(name)
  }
  for (const name of Object.keys(forms))
    if (!types.has(name)) throw new Error(`no table ${name}: the database is not migrated`)

  function look(role: string, form: Form): Sight {
    const table = tables.get(`${role} ${form.name}`)
    if (!table) throw new Error(`no sight of ${form.name} for ${role}`)
    const isCallable = (name: string) => callable.has(`${role} ${form.name}_${name}`)
    const seen = seenOf(table, form, forms[form.name] ?? form, isCallable)
    return { seen, insert: table.insert, update: table.update }
  }

  const sights = new WeakMap<Form, Map<string, Sight>>()
  return {
    sight: (role, form) => {
      const known = sights.get(form) ?? new Map<string, Sight>()
      sights.set(form, known)
      const sight = known.get(role) ?? look(role, form)
      known.set(role, sight)
      return sight
    },
    types: (form) => types.get(form) ?? new Map(),
    has_pinyin: collations.length > 0,
  }
}

const emptySight = (): TableSight => ({ columns: [], readable: new Set(), insert: new Set(), update: new Set() })

/** What a role sees of a form's table: `whole` is the form with the fields it has in other campaigns, which are left out. */
function seenOf(table: TableSight, form: Form, whole: Form, isCallable: (name: string) => boolean): Sight['seen'] {
  const names = form.fields.map(({ name }) => name)
  const foreign = whole.fields.filter(({ name }) => !names.includes(name))
  const twins = twinsOf(form.fields)
  const left = new Set([...twins, ...twinsOf(foreign), ...foreign.map(({ name }) => name)])
  const seen = new Map<string, ColumnSight>()
  for (const name of new Set([...table.columns, ...names])) {
    if (left.has(name)) continue
    if (table.readable.has(name)) seen.set(name, { by: 'column' })
    else if (isCallable(name)) seen.set(name, { by: 'function' })
    else if (twins.has(maskedOf(name)) && table.readable.has(maskedOf(name))) seen.set(name, { by: 'mask' })
  }
  return seen
}

/** The columns in which private values stand masked. */
const twinsOf = (fields: Form['fields']) =>
  new Set(fields.flatMap(({ name, private: isPrivate }) => (isPrivate ? maskedOf(name) : [])))
