/**
 * What the database says of itself, read at start and whenever forms have changed: the columns of each form's table, and which of them each role may
 * read and write. So the permission table stands in one place, db/security/050_grants.sql.
 */
import { maskedOf } from '../forms/index.ts'
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
  /** By role, by form. */
  sight: (role: string, form: string) => Sight
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
      has_column_privilege('haowangmin_' || r.role, read.oid, a.attname::text, 'select') as can_select,
      has_column_privilege('haowangmin_' || r.role, c.oid, a.attnum, 'insert') as can_insert,
      has_column_privilege('haowangmin_' || r.role, c.oid, a.attnum, 'update') as can_update
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join (values ${Object.entries(searchPaths).map(([role, path]) => `('${role}', '${path}')`)}) as r (role, path)
    cross join lateral (
      select v.oid from pg_class v join pg_namespace s on s.oid = v.relnamespace
      where v.relname = c.relname and s.nspname = any (string_to_array(r.path, ', '))
      order by array_position(string_to_array(r.path, ', '), s.nspname::text) limit 1) as read
    where c.relname in (${names}) order by c.relname, a.attnum`)) as ColumnRow[]
  const functions = (await query(`
    select p.proname as name, r.role from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'app'
    cross join unnest(array[${roles.map((role) => `'${role}'`)}]) as r (role)
    where has_function_privilege('haowangmin_' || r.role, p.oid, 'execute')`)) as { name: string; role: string }[]
  const collations = await query(`select from pg_collation where collname = 'zh-x-icu'`)
  const callable = new Set(functions.map((row) => `${row.role} ${row.name}`))

  const types = new Map<string, Map<string, string>>()
  const sights = new Map<string, { seen: Map<string, ColumnSight>; insert: Set<string>; update: Set<string> }>()
  for (const role of roles) {
    for (const form of Object.values(forms)) {
      const own = columns.filter((row) => row.role === role && row.relation === form.name)
      if (own.length === 0) throw new Error(`no table ${form.name}: the database is not migrated`)
      types.set(form.name, new Map(own.map((row) => [row.name, row.type])))
      const readable = new Set(own.filter((row) => row.can_select).map((row) => row.name))
      const seen = new Map<string, ColumnSight>()
      const twins = new Set(form.fields.flatMap(({ name, private: isPrivate }) => (isPrivate ? maskedOf(name) : [])))
      for (const name of [...own.map((row) => row.name), ...form.fields.map((field) => field.name)]) {
        if (seen.has(name) || twins.has(name)) continue
        if (readable.has(name)) seen.set(name, { by: 'column' })
        else if (callable.has(`${role} ${form.name}_${name}`)) seen.set(name, { by: 'function' })
        else if (twins.has(maskedOf(name)) && readable.has(maskedOf(name))) seen.set(name, { by: 'mask' })
      }
      const allowed = (verb: 'can_insert' | 'can_update') =>
        new Set(own.filter((row) => row[verb]).map((row) => row.name))
      sights.set(`${role} ${form.name}`, { seen, insert: allowed('can_insert'), update: allowed('can_update') })
    }
  }
  return {
    sight: (role, form) => {
      const sight = sights.get(`${role} ${form}`)
      if (!sight) throw new Error(`no sight of ${form} for ${role}`)
      return sight
    },
    types: (form) => types.get(form) ?? new Map(),
    has_pinyin: collations.length > 0,
  }
}
