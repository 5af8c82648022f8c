/**
 * Papers over HTTP, alone or several in a zip. Each answer is made whole before it is sent, so that a
 * failure is still answered with a sentence; its progress can be asked for meanwhile.
 */
import { pipeline } from 'node:stream/promises'
import { type Request, type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { forbidden, notFound, Refusal } from '../errors.ts'
import { type Spooled, spool } from '../files/spool.ts'
import { type Form, registersOf } from '../forms/index.ts'
import { whereOf } from '../records/conditions.ts'
import { metricsIn } from '../records/counting.ts'
import { campaignAsked, type ListQuery, readListQuery } from '../records/query.ts'
import { readOne, relationFor } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { idOf, isId } from '../requests.ts'
import { disposition, fileName } from '../workbook/names.ts'
import { type Batches, writeWorkbook } from '../workbook/write.ts'
import { type ZipEntry, zip } from '../workbook/zip_write.ts'
import {
  frameOf,
  type LaidPaper,
  makeAnnexOne,
  makeAnnexTwo,
  makeExport,
  makeProgress,
  makeTemplate,
} from './papers.ts'
import { blankLines, makeSignIn } from './sign_in_sheet.ts'

/** Rows written of all there are. `rows_total` is null until it is known. */
type ExportProgress = { rows_done: number; rows_total: number | null }
export type Making = { trx: Trx; person: Person; signal: AbortSignal; progress: ExportProgress }
type File = { pieces: AsyncIterable<Buffer>; name: string; plain: string; type: string }

const types = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  zip: 'application/zip',
}
/** What is being made in this process, under the reader's session and the name the reader gave it. */
const underWay = new Map<string, ExportProgress>()
const MAX_UNDER_WAY = 1_000
const progressName = /^[\w-]{8,64}$/

export function exportRoutes(database: Database): Router {
  const router = Router()
  const answer = (request: Request, response: Response, work: (making: Making) => Promise<LaidPaper>) =>
    sendFile(database, request, response, async (making) => {
      const made = await work(making)
      return { ...made, pieces: written(made, making), type: types.xlsx }
    })
  const answerZip = (request: Request, response: Response, work: (making: Making) => Promise<Zipped>) =>
    sendFile(database, request, response, async (making) => {
      const { papers, title, on, plain } = await work(making)
      return { pieces: zip(entriesOf(papers, making)), name: fileName({ title, on }, 'zip'), plain, type: types.zip }
    })
  const campaignIn = (request: Request) => asId(request.query.campaign_id)

  router.get('/exports/:name', (request, response) => {
    const progress = underWay.get(progressKey(response, request.params.name))
    if (!progress) throw notFound()
    response.json(progress)
  })
  router.get('/annexes/1.xlsx', (request, response) =>
    answer(request, response, async ({ trx, person }) => {
      const frame = await frameOf(trx, person, campaignIn(request))
      return makeAnnexOne(trx, relationFor(database, person, 'quotas', frame.campaign_id).form, frame)
    }),
  )
  router.get('/annexes/2.xlsx', (request, response) =>
    answer(request, response, async ({ trx, person }) => {
      const frame = await frameOf(trx, person, campaignIn(request))
      return makeAnnexTwo(trx, relationFor(database, person, 'collections', frame.campaign_id).form, frame)
    }),
  )
  router.get('/annexes/progress.xlsx', (request, response) =>
    answer(request, response, async ({ trx, person }) => {
      const frame = await frameOf(trx, person, campaignIn(request))
      return makeProgress(trx, database.definitions.of(frame.campaign_id), frame)
    }),
  )
  // all annexes of a unit, or of all units together
  router.get('/annexes/all.zip', (request, response) =>
    answerZip(request, response, (making) =>
      annexesOf(database, making, campaignIn(request), asId(request.query.unit_id)),
    ),
  )
  router.get('/events/:id/sign_in.xlsx', (request, response) =>
    answer(request, response, async ({ trx, person }) => {
      const id = idOf(request.params.id)
      // as the campaign of the activity has them, whichever one looks at
      const { campaign_id } = await readOne(trx, relationFor(database, person, 'events'), id)
      const [events, attendance, propagandists] = ['events', 'attendance', 'propagandists'].map((name) =>
        relationFor(database, person, name, campaign_id),
      ) as [Relation, Relation, Relation]
      const relations = { events, attendance, propagandists }
      return makeSignIn(trx, person, relations, id, blankLines(request.query.blank))
    }),
  )
  router.get('/:form/template.xlsx', (request, response) =>
    answer(request, response, ({ trx, person }) => {
      const { campaign_id: _, ...query } = request.query
      const { filter } = readListQuery(query)
      const campaignId = campaignIn(request) ?? campaignAsked(filter)
      const relation = relationFor(database, person, request.params.form, campaignId)
      return makeTemplate(trx, relation, person, { campaignId, filter })
    }),
  )
  router.get('/:form/export.xlsx', (request, response) =>
    answer(request, response, async ({ trx, person, progress }) => {
      const query = readListQuery(request.query)
      const relation = relationFor(database, person, request.params.form, campaignAsked(query.filter))
      if (request.get('x-progress')) progress.rows_total = await countRows(trx, relation, query)
      return makeExport(trx, relation, person, query)
    }),
  )
  // one annex, a workbook a unit
  router.get('/:form/units.zip', (request, response) =>
    answerZip(request, response, (making) =>
      unitsOf(database, making, request.params.form, readListQuery(request.query)),
    ),
  )
  return router
}

type Zipped = { papers: AsyncIterable<LaidPaper>; title: string; on: string; plain: string }

/** 附件1, 2 and 任务完成情况 where all units are asked for; of the registers those that have rows. */
async function annexesOf(database: Database, making: Making, campaign?: number, unit?: number): Promise<Zipped> {
  const { trx, person, progress } = making
  const frame = await frameOf(trx, person, campaign, unit)
  const forms = database.definitions.of(frame.campaign_id)
  const seen = registersOf(forms).flatMap((form) => {
    const relation = relationFor(database, person, form.name, frame.campaign_id)
    const filter = { campaign_id: frame.campaign_id, ...(unit !== undefined && { unit_id: unit }) }
    return relation.sight.seen.has('unit_id') ? [{ relation, query: queryFor(filter) }] : []
  })
  const counted: ((typeof seen)[number] & { rows: number })[] = []
  for (const each of seen) counted.push({ ...each, rows: await countRows(trx, each.relation, each.query) })
  const filled = counted.filter(({ rows }) => rows > 0)
  progress.rows_total = filled.reduce((sum, { rows }) => sum + rows, 0)
  const whole = unit === undefined && person.role !== 'clerk'
  if (filled.length === 0 && !whole) throw new Refusal(409, '还没有记录，没有可以导出的附件。')
  const hasQuotas = (await metricsIn(trx, frame.campaign_id)).some(({ has_quota }) => has_quota)
  async function* papers() {
    if (whole) {
      if (forms.quotas && hasQuotas) yield await makeAnnexOne(trx, forms.quotas, frame)
      if (forms.collections) yield await makeAnnexTwo(trx, forms.collections, frame)
      yield await makeProgress(trx, forms, frame)
    }
    for (const { relation, query } of filled) yield await makeExport(trx, relation, person, query)
  }
  const title = `${frame.unit ?? ''}${frame.year}年全部附件`
  return { papers: papers(), title, on: frame.today, plain: `annexes-${frame.today.replaceAll('-', '')}.zip` }
}

/** A workbook for each unit that has rows among those the filter finds, in annex 1's order. */
async function unitsOf(database: Database, making: Making, name: string, query: ListQuery): Promise<Zipped> {
  const { trx, person, progress } = making
  const { campaign_id: campaign } = query.filter
  const frame = await frameOf(trx, person, isId(campaign) ? campaign : undefined)
  const relation = relationFor(database, person, name, frame.campaign_id)
  const { form } = relation
  if (form.scope !== 'unit' || !relation.sight.seen.has('unit_id')) throw notFound()
  const filter = { ...query.filter, campaign_id: frame.campaign_id }
  const found = await sql<{ id: number; rows: number }>`
    select t.unit_id as id, count(*)::integer as rows from ${sql.table(form.name)} t
    left join participations p on p.campaign_id = t.campaign_id and p.unit_id = t.unit_id and p.deleted_at is null
    where ${whereOf(relation, filter)} group by t.unit_id, p.annex_order order by p.annex_order nulls last, t.unit_id`.execute(
    trx,
  )
  if (found.rows.length === 0) throw new Refusal(409, '没有符合这些条件的行，请放宽筛选再导出。')
  progress.rows_total = found.rows.reduce((sum, { rows }) => sum + rows, 0)
  async function* papers() {
    for (const { id } of found.rows)
      yield await makeExport(trx, relation, person, queryFor({ ...filter, unit_id: id }, query))
  }
  const title = `${frame.year}年${form.title}（分单位）`
  return { papers: papers(), title: annexTitle(form, title), on: frame.today, plain: `${form.name}-units.zip` }
}

const annexTitle = (form: Form, title: string) => (form.annex ? `附件${form.annex}-${title}` : title)
const queryFor = (filter: Record<string, unknown>, like?: ListQuery): ListQuery => ({
  filter,
  offset: 0,
  limit: 1,
  sort: like?.sort ?? [],
})

export async function countRows(
  trx: Trx,
  relation: ReturnType<typeof relationFor>,
  { filter }: ListQuery,
): Promise<number> {
  const found = await sql<{ rows: number }>`
    select count(*)::integer as rows from ${sql.table(relation.form.name)} t where ${whereOf(relation, filter)}`.execute(
    trx,
  )
  return found.rows[0]?.rows ?? 0
}

/** The bytes of a paper; its rows are counted as they pass. */
const written = ({ layout, rows, options }: LaidPaper, { signal, progress }: Making) =>
  writeWorkbook(layout, counted(rows, progress), { ...options, signal })

async function* counted(batches: Batches, progress: ExportProgress) {
  for await (const rows of batches) {
    yield rows
    progress.rows_done += rows.length
  }
}

/** One workbook after the other; names that come twice are told apart by a number. */
async function* entriesOf(papers: AsyncIterable<LaidPaper>, making: Making): AsyncGenerator<ZipEntry> {
  const taken = new Map<string, number>()
  for await (const made of papers) {
    const pieces: Buffer[] = []
    for await (const piece of written(made, making)) pieces.push(piece)
    const times = (taken.get(made.name) ?? 0) + 1
    taken.set(made.name, times)
    const name = times === 1 ? made.name : made.name.replace(/\.xlsx$/, `（${times}）.xlsx`)
    yield { name, content: Buffer.concat(pieces) }
  }
}

const progressKey = (response: Response, name: string) => `${JSON.stringify(response.locals.identity)} ${name}`

/** Makes a file within the person's transaction and sends it when it is whole. Gone readers stop the making. */
export async function sendFile(
  database: Database,
  request: Request,
  response: Response,
  work: (making: Making) => Promise<File>,
): Promise<void> {
  const { identity, request_id } = response.locals
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const progress: ExportProgress = { rows_done: 0, rows_total: null }
  const asked = request.get('x-progress') ?? ''
  const key = progressName.test(asked) && underWay.size < MAX_UNDER_WAY ? progressKey(response, asked) : undefined
  if (key) underWay.set(key, progress)
  let made: { spooled: Spooled; name: string; plain: string; type: string } | undefined
  try {
    made = await database.inTx(
      identity,
      async (trx, person) => {
        if (person.role === 'juror') throw forbidden()
        const { pieces, ...file } = await work({ trx, person, signal: gone.signal, progress })
        const spooled = await spool(pieces)
        if (progress.rows_done > 0) await noteExport(trx, request, file.name, progress.rows_done)
        return { ...file, spooled }
      },
      { request_id },
    )
    response.set({
      'Content-Type': made.type,
      'Content-Length': String(made.spooled.size),
      'Content-Disposition': disposition(made.name, made.plain),
    })
    await pipeline(made.spooled.open(), response)
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    if (key) underWay.delete(key)
    await made?.spooled.discard()
  }
}

/** Leaves a line in the history: what was asked for, and how many rows left the house. */
async function noteExport(trx: Trx, { path, query }: Request, file: string, rows: number): Promise<void> {
  const { campaign_id, filter } = query as Record<string, string | undefined>
  const [, within] = /"campaign_id":(\d{1,9})\b/.exec(filter ?? '') ?? []
  const campaign = asId(campaign_id ?? within) ?? null
  const told = JSON.stringify({ file, path, filter, rows })
  await sql`select app.note_export(${campaign}::integer, ${told}::json)`.execute(trx)
}

const asId = (value: unknown) => {
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(String(value))) throw notFound()
  return Number(value)
}
