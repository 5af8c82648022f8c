// What an import was checked to, row by row, kept for people to look at: packed in chunks as the walk goes on, unpacked a
// window at a time. What is applied is what was read, walked again (replay.ts), never what became of it.
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { type Form, fieldOf } from '../../forms/index.ts'
import { columnName } from '../../workbook/read.ts'
import type { FileRow } from '../read/file_row.ts'
import { type FramedValues, plansOf } from '../read/frame.ts'
import { textOf } from '../read/words.ts'
import { ROW_KINDS, type RowKind, type RowResult } from '../tell/result.ts'

const LETTERS = 'cunrxwl'
export const letterOf = (kind: RowKind) => LETTERS[ROW_KINDS.indexOf(kind)] ?? ''
export const kindOf = (letter: string | undefined): RowKind => ROW_KINDS[LETTERS.indexOf(letter ?? '')] ?? 'wrong'

/** A row as a page shows it. */
export type ShownRow = Omit<RowResult, 'texts' | 'unknown' | 'replaced' | 'version'> & {
  n: number
  sheet: string
  row: number
  values: Record<string, string>
  cells: Record<string, string>
}

/** A chunk as it is stored. */
export type Chunk = { first: number; counts: number[]; kinds: string; keys: Buffer | null; rows: Buffer }

/** Rows of a chunk: a window unpacks one or two, and what packs well is not much longer. */
const CHUNK = 512
const STORED_AT_ONCE = 64
const pack = promisify(deflateRaw)

/** One row as text: the number of its sheet, what was read, what became of it. JSON has no tabs and no ends of lines. */
export function textOfStaged(sheet: number, found: string, fate: RowResult): string {
  // most rows come to nothing but their kind, which stands elsewhere
  if (Object.keys(fate).length === 1) return `${sheet}\t${found}`
  const { kind: _kind, ...rest } = fate
  return `${sheet}\t${found}\t${JSON.stringify(rest)}`
}

export type StagedRow = { sheet: number; fileRow: FileRow; result: RowResult }

export function readStaged(line: string, kind: RowKind): StagedRow {
  const [sheet, found = '{}', fate] = line.split('\t')
  return { sheet: Number(sheet), fileRow: JSON.parse(found), result: { kind, ...(fate ? JSON.parse(fate) : {}) } }
}

export const unpack = (rows: Buffer): string[] => inflateRawSync(rows).toString('utf8').split('\n')

/** A chunk of these lines. `keys` are the digests of each row, `levels` of them, NaN where there is none. */
export async function packed(
  first: number,
  letters: string,
  lines: readonly string[],
  keys: Float64Array | null,
): Promise<Chunk> {
  return {
    first,
    counts: Array.from(LETTERS, (letter) => letters.split(letter).length - 1),
    kinds: letters,
    keys: keys && Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength),
    rows: await pack(lines.join('\n'), { level: 1 }),
  }
}

/**
 * Takes the rows of a walk in their order and packs them as they come. `levels` is the number of digests a row has; 0
 * keeps none.
 */
export function stager(levels: number) {
  const chunks: Promise<Chunk>[] = []
  let lines: string[] = []
  let letters = ''
  let keys = new Float64Array(CHUNK * levels)
  let first = 0
  function close(): void {
    const own = levels > 0 ? keys.subarray(0, lines.length * levels) : null
    const chunk = packed(first, letters, lines, own)
    chunk.catch(() => undefined)
    chunks.push(chunk)
    first += lines.length
    lines = []
    letters = ''
    keys = new Float64Array(CHUNK * levels)
  }
  return {
    levels,
    add(line: string, kind: RowKind, digests: readonly (number | undefined)[]): void {
      for (let level = 0; level < levels; level++) keys[lines.length * levels + level] = digests[level] ?? Number.NaN
      lines.push(line)
      letters += letterOf(kind)
      if (lines.length === CHUNK) close()
    },
    /** Waits until what came so far is packed, so that no more than a batch is held as text. */
    settled: () => Promise.all(chunks.slice(-STORED_AT_ONCE)).then(() => undefined),
    async end(): Promise<Chunk[]> {
      if (lines.length > 0) close()
      return Promise.all(chunks)
    },
  }
}

// In the database ------------------------------------------------------------------------------------------------------

/** Puts chunks in the place of those of the same rows. */
export async function storeChunks(trx: Trx, importId: number, chunks: readonly Chunk[]): Promise<void> {
  for (let at = 0; at < chunks.length; at += STORED_AT_ONCE) {
    const values = chunks
      .slice(at, at + STORED_AT_ONCE)
      .map(
        ({ first, counts, kinds: letters, keys, rows }) =>
          sql`(${importId}::integer, ${first}::integer, ${counts}::integer[], ${letters}, ${keys}::bytea, ${rows}::bytea)`,
      )
    await sql`insert into import_rows (import_id, first, counts, kinds, keys, rows) values ${sql.join(values)}
      on conflict (import_id, first) do update set counts = excluded.counts, kinds = excluded.kinds, keys = excluded.keys,
        rows = excluded.rows`.execute(trx)
  }
}

/** Takes away what an import was checked to. */
export const dropChunks = (trx: Trx, importId: number) =>
  sql`delete from import_rows where import_id = ${importId}`.execute(trx)

/** The chunks of an import from a row on, at most so many. */
export async function readChunks(trx: Trx, importId: number, from: number, limit: number): Promise<Chunk[]> {
  const found = await sql<Chunk>`select first, counts, kinds, keys, rows from import_rows
    where import_id = ${importId} and first >= ${from} order by first limit ${limit}`.execute(trx)
  return found.rows
}

/** A window of the rows, of one kind or all, in the order of the file, and how many there are. */
async function readWindow(
  trx: Trx,
  importId: number,
  kind: RowKind | undefined,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ lines: StagedRow[]; total: number }> {
  const number = kind ? sql`r.counts[${sql.lit(ROW_KINDS.indexOf(kind) + 1)}]` : sql`length(r.kinds)`
  const found = await sql<{ total: number; chunks: (Omit<Chunk, 'rows' | 'keys'> & { before: number })[] | null }>`
    with counted as (
      select r.first, r.kinds, ${number} as own, sum(${number}) over (order by r.first) as until
      from import_rows r where r.import_id = ${importId})
    select coalesce(max(until), 0)::integer as total,
      json_agg(json_build_object('first', first, 'kinds', kinds, 'before', until - own) order by first)
        filter (where own > 0 and until > ${offset} and until - own < ${offset + limit}) as chunks
    from counted`.execute(trx)
  const { total, chunks } = found.rows[0] ?? { total: 0, chunks: null }
  if (!chunks || limit === 0) return { lines: [], total }
  const firsts = chunks.map(({ first }) => first)
  const packedRows = await sql<{ first: number; rows: Buffer }>`
    select first, rows from import_rows where import_id = ${importId} and first = any (${firsts}::integer[])`.execute(
    trx,
  )
  const rowsOf = new Map(packedRows.rows.map(({ first, rows }) => [first, rows]))
  const lines: StagedRow[] = []
  for (const { first, kinds: letters, before } of chunks) {
    const rows = rowsOf.get(first)
    if (!rows) continue
    const texts = unpack(rows)
    let at = before
    for (let index = 0; index < letters.length && lines.length < limit; index++) {
      if (kind && letters[index] !== letterOf(kind)) continue
      if (at++ >= offset) lines.push(readStaged(texts[index] ?? '', kindOf(letters[index])))
    }
  }
  return { lines, total }
}

/** A row for a page: words in its cells, and where they stand. */
export function shown(form: Form, frame: FramedValues, { sheet, fileRow, result }: StagedRow): ShownRow {
  const plan = plansOf(frame)[sheet]
  const { texts, unknown: _unknown, replaced: _replaced, version: _version, ...rest } = result
  const values: Record<string, string> = { ...frame.fixed[sheet] }
  for (const name of Object.keys({ ...fileRow.values, ...fileRow.typed, ...fileRow.times }))
    if (fieldOf(form, name)) values[name] = textOf(form, fileRow, name)
  if (fileRow.unit) values.unit_id = fileRow.unit
  const cells: Record<string, string> = {}
  for (const [name, column] of Object.entries(plan?.column_of ?? {}))
    cells[name] = `${columnName(column)}${fileRow.number}`
  return {
    n: fileRow.n,
    sheet: plan?.name ?? '',
    row: fileRow.number,
    ...rest,
    values: { ...values, ...texts },
    cells,
  }
}

/** A window of an import's rows for a page. */
export async function shownWindow(
  trx: Trx,
  importId: number,
  form: Form,
  kind: RowKind | undefined,
  range: { offset: number; limit: number },
): Promise<{ rows: ShownRow[]; total: number }> {
  const found = await sql<{ frame: FramedValues | null }>`
    select result -> 'restaging' -> 'frame' as frame from imports where id = ${importId}`.execute(trx)
  const frame = found.rows[0]?.frame ?? { messages: [], fixed: [] }
  const { lines, total } = await readWindow(trx, importId, kind, range)
  return { rows: lines.map((line) => shown(form, frame, line)), total }
}
