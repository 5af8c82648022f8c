// What a backup holds, as the database describes it: its tables, their columns, where their identities stand.
import type pg from 'pg'
import { left_out } from './archive.ts'

/** `name` is 'public.events', `sql` the same quoted, `columns` those that are stored and not computed. */
export type Table = { name: string; sql: string; columns: string[]; identities: string[] }

/** All tables of ours whose rows are data, by name. */
export async function readTables(owner: pg.Client): Promise<Table[]> {
  const { rows } = await owner.query<Table>(
    `select n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as sql,
       array_agg(a.attname::text order by a.attnum) as columns,
       coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.attidentity <> ''), '{}') as identities
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
       and a.attname !~ '^_next_' -- made ready for a publication that is under way (db/security/082_preparations.sql)
     where n.nspname in ('public', 'app') and c.relkind = 'r' and n.nspname || '.' || c.relname <> all ($1)
     group by 1, 2 order by 1`,
    [left_out],
  )
  return rows
}

const listOf = (owner: pg.Client, columns: readonly string[]) =>
  columns.map((name) => owner.escapeIdentifier(name)).join(', ')

/** `copy … to stdout`, or `from stdin`, in the order of these columns. */
export const copyOf = (owner: pg.Client, { sql, columns }: Table, way: 'to stdout' | 'from stdin') =>
  `copy ${sql} (${listOf(owner, columns)}) ${way}`

/** How many rows there are, and the sum of what PostgreSQL makes of each as text. */
export async function countRows(owner: pg.Client, { sql, columns }: Table): Promise<{ rows: number; sum: string }> {
  const { rows } = await owner.query<{ rows: string; sum: string }>(
    `select count(*) as rows, coalesce(sum(('x' || substr(md5(row(${listOf(owner, columns)})::text), 1, 15))::bit(60)::bigint::numeric), 0)::text as sum
     from ${sql}`,
  )
  return { rows: Number(rows[0]?.rows), sum: rows[0]?.sum ?? '' }
}

/** The sequence behind an identity column, quoted. */
export async function sequenceOf(owner: pg.Client, table: Table, column: string): Promise<string> {
  const { rows } = await owner.query('select pg_get_serial_sequence($1, $2) as name', [table.sql, column])
  return rows[0].name as string
}
