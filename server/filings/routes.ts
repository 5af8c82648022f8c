/**
 * 报送版 over HTTP: POST /filings freezes an annex, GET lists and gives it back, /compare holds two of them (or one and
 * today's rows) against each other. GET /verify/:number answers anybody whether a number is registered; whoever may read
 * the paper can also have a workbook held against it, cell by cell.
 */
import { createHash } from 'node:crypto'
import { Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { badRequest, notFound, Refusal } from '../errors.ts'
import { receiveFile } from '../files/upload.ts'
import { rangeOf, readListQuery } from '../records/query.ts'
import { formIn } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { disposition } from '../workbook/names.ts'
import { LIMITS, WorkbookRefused } from '../workbook/read.ts'
import { inTurn } from '../workbook/turns.ts'
import { addressOf, file, paperNow, readPaperRequest, snapshotOf } from './filing.ts'
import { holdAgainst, namedAt } from './sent.ts'
import { compare, fingerprint, isSame, type Snapshot, type SnapshotDifference } from './snapshot.ts'

const about = sql`f.id, f.number, f.form, f.campaign_id, f.unit_id, f.covers_unit_id, f.collection_id, f.file_name, f.rows,
  f.data_sha256, f.file_sha256, f.address, f.created_at, app.user_label(f.created_by) as created_by_label,
  (select u.short_name from units u where u.id = f.unit_id) as unit_id_label,
  (select u.short_name from units u where u.id = f.covers_unit_id) as covers_unit_id_label,
  (select c.title from collections c where c.id = f.collection_id) as collection_id_label,
  not exists (select from filings n where n.campaign_id = f.campaign_id and n.form = f.form and n.unit_id = f.unit_id and n.id > f.id
    and n.covers_unit_id is not distinct from f.covers_unit_id and n.collection_id is not distinct from f.collection_id) as is_latest`

type Filing = {
  id: number
  number: string
  form: string
  campaign_id: number
  unit_id: number
  unit_id_label: string
  covers_unit_id: number | null
  covers_unit_id_label: string | null
  collection_id: number | null
  collection_id_label: string | null
  file_name: string
  rows: number
  data_sha256: string
  file_sha256: string
  created_at: string
  created_by_label: string
  /** The last one of its form, unit and collection. */
  is_latest: boolean
  /** What was printed on it for whoever wants to verify it; null where that is no longer known. */
  address: string | null
}

/** A filing as GET /filings answers it. */
export type ListedFiling = Filing & {
  /** Whether the printed address is one of this system's. */
  leads_here: boolean
}

/** The answer of GET /verify/:number, for anybody. */
export type FilingFacts = {
  id: number
  number: string
  annex: number | null
  title: string
  unit: string
  covers: string | null
  collection: string | null
  filed_at: string
  rows: number
  data_sha256: string
  /** The number of a later one, if there is one. */
  later: string | null
  /** Printed on the paper; null on one of before that nobody has looked at since. */
  address: string | null
  leads_here: boolean
}
type StoredFacts = Omit<FilingFacts, 'annex' | 'leads_here'> & { form: string; year: number }

/** What POST /filings/:id/verification finds; without a difference where the workbook says what the paper said. */
export type Verdict = {
  matches: boolean
  is_same_file: boolean
  is_reordered: boolean
  difference: SnapshotDifference | null
}

/** A registered number as it is printed; anything else is none. */
const isNumber = (text: unknown): text is string => /^\d{4}-(0|[1-9]\d{0,2})-\d{4,6}-[0-9A-Z]{6}$/.test(String(text))

/** Open to everybody: what a number stands for, without a single row. */
export function verifyRoutes(database: Database, publicUrls: readonly string[]): Router {
  const router = Router()
  router.get('/verify/:number', async (request, response) => {
    const number = request.params.number.trim().toUpperCase()
    if (!isNumber(number)) throw notFound('没有登记过这个编号，请核对是否抄错。')
    const found = await database.asGate(async (trx) =>
      sql<StoredFacts>`select * from app.filing_facts(${number})`.execute(trx),
    )
    const facts = found.rows[0]
    if (!facts) throw notFound('没有登记过这个编号，请核对是否抄错。')
    const answer: FilingFacts = {
      ...facts,
      // 2019-4-0001-7K3MPQ: the paper is what it was, whatever the form has become
      annex: Number(number.split('-')[1]) || null,
      leads_here: facts.address === null || publicUrls.includes(facts.address),
    }
    response.json(answer)
  })
  return router
}

/** Behind the session. Routes of papers; rights are PostgreSQL's. */
export function filingRoutes(database: Database, publicUrls: readonly string[]): Router {
  const router = Router()
  /** A paper that leads elsewhere is to be issued again. */
  const withAddress = async (trx: Trx, filing: Filing): Promise<ListedFiling> => {
    const address = await addressOf(trx, filing)
    return { ...filing, address, leads_here: address !== null && publicUrls.includes(address) }
  }

  router.get('/filings', async (request, response) => {
    const query = readListQuery(request.query)
    const where = conditionsOf(query.filter)
    const { rows, total } = await asAsker(database, response, async (trx) => {
      const found = await sql<{ rows: Filing[]; total: number }>`
        with page as (select ${about} from filings f where ${where} order by f.id desc limit ${query.limit} offset ${query.offset})
        select coalesce((select json_agg(page) from page), '[]') as rows, (select count(*)::integer from filings f where ${where}) as total`.execute(
        trx,
      )
      const page = found.rows[0] as { rows: Filing[]; total: number }
      const rows: ListedFiling[] = []
      for (const filing of page.rows) rows.push(await withAddress(trx, filing))
      return { ...page, rows }
    })
    response.set('Content-Range', rangeOf('filings', query.offset, rows.length, total)).json(rows)
  })

  router.post('/filings', async (request, response) => {
    const { row, is_new } = await asAsker(database, response, async (trx, person) => {
      const asked = await readPaperRequest(trx, person, (request.body ?? {}) as Record<string, unknown>)
      const kept = await file(trx, database, person, asked, publicUrls)
      return { row: await withAddress(trx, await readFiling(trx, kept.id)), is_new: kept.is_new }
    })
    response.status(is_new ? 201 : 200).json({ ...row, is_new })
  })

  router.get('/filings/:id', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await asAsker(database, response, async (trx) => withAddress(trx, await readFiling(trx, id))))
  })

  router.get('/filings/:id/file.xlsx', async (request, response) => {
    const id = idOf(request.params.id)
    const { content, file_name, number } = await asAsker(database, response, async (trx) => {
      const found = await sql<{ content: Buffer; file_name: string; number: string }>`
        select f.content, f.file_name, f.number, app.note_export(f.campaign_id, json_build_object('file', f.file_name, 'path', ${request.path}::text, 'rows', f.rows))
        from filings f where f.id = ${id}`.execute(trx)
      return found.rows[0] ?? missing()
    })
    response.set({
      'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Content-Disposition': disposition(file_name, `${number}.xlsx`),
    })
    response.send(content)
  })

  comparisonRoutes(router, database)
  return router
}

/** A paper held against another one, against the rows as they are, or against a workbook that came back. */
function comparisonRoutes(router: Router, database: Database): void {
  // with=12: an earlier or later paper; with=now: the rows as they are
  router.get('/filings/:id/compare', async (request, response) => {
    const id = idOf(request.params.id)
    const { with: other } = request.query
    const compared = await asAsker(database, response, async (trx, person) => {
      const before = await readSnapshot(trx, id)
      const form = formIn(database, before.form, before.campaign_id)
      const after =
        other === 'now' ? await snapshotNow(trx, database, person, before) : await anotherOf(trx, before, other)
      return compare(before.snapshot, after, namedAt(form, before.snapshot))
    })
    response.json(compared)
  })

  router.post('/filings/:id/verification', async (request, response) => {
    const id = idOf(request.params.id)
    const stored = await asAsker(database, response, (trx) => readSnapshot(trx, id))
    const { bytes, name } = await receiveFile(request, LIMITS.file_bytes)
    if (createHash('sha256').update(bytes).digest('hex') === stored.file_sha256)
      return void response.json({
        matches: true,
        is_same_file: true,
        is_reordered: false,
        difference: null,
      } satisfies Verdict)
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const form = formIn(database, stored.form, stored.campaign_id)
    const { snapshot } = stored
    try {
      const asked = { form, bytes, file_name: name, snapshot, signal: gone.signal }
      const { sent, difference } = await inTurn(() => holdAgainst(asked))
      const matches = isSame(difference)
      const is_reordered = matches && fingerprint(sent, stored.salt) !== stored.data_sha256
      const verdict: Verdict = { matches, is_same_file: false, is_reordered, difference: matches ? null : difference }
      response.json(verdict)
    } catch (error) {
      if (error instanceof WorkbookRefused) throw new Refusal(422, error.message)
      throw error
    }
  })
}

const missing = (): never => {
  throw notFound()
}

async function readFiling(trx: Trx, id: number): Promise<Filing> {
  const found = await sql<Filing>`select ${about} from filings f where f.id = ${id}`.execute(trx)
  return found.rows[0] ?? missing()
}

type WithSnapshot = Filing & { snapshot: Snapshot; data_sha256: string; salt: string | null; file_sha256: string }

async function readSnapshot(trx: Trx, id: number): Promise<WithSnapshot> {
  const found = await sql<WithSnapshot>`
    select f.id, f.form, f.campaign_id, f.covers_unit_id, f.collection_id, f.snapshot, f.data_sha256, f.salt, f.file_sha256
    from filings f where f.id = ${id}`.execute(trx)
  return found.rows[0] ?? missing()
}

async function anotherOf(trx: Trx, before: WithSnapshot, other: unknown): Promise<Snapshot> {
  const after = await readSnapshot(trx, idOf(other))
  if (after.form !== before.form) throw badRequest('两份报送版要是同一张表才能对比。')
  return after.snapshot
}

async function snapshotNow(trx: Trx, database: Database, person: Person, of: WithSnapshot): Promise<Snapshot> {
  const { form, campaign_id, covers_unit_id, collection_id } = of
  return snapshotOf(
    await paperNow(trx, database, person, { form, campaign_id, unit_id: covers_unit_id, collection_id }),
  )
}

/** Only what papers are looked for by. */
function conditionsOf(filter: Record<string, unknown>) {
  const conditions = Object.entries(filter).map(([name, value]) => {
    if (name === 'form') return sql`f.form = ${String(value)}`
    if (name === 'number') return sql`f.number = ${String(value)}`
    if (!['id', 'campaign_id', 'unit_id', 'covers_unit_id', 'collection_id'].includes(name))
      throw badRequest(`“${name.slice(0, 40)}”不能用来筛选。`)
    const ids = [value].flat().map(Number)
    if (!ids.every(Number.isSafeInteger)) throw badRequest(`${name} 应是编号。`)
    return sql`f.${sql.ref(name)} = any (${ids}::bigint[])`
  })
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`
}
