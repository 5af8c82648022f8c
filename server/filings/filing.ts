/**
 * 报送版: an annex frozen as it is handed in. The rows are read once, in one transaction; from them come the fingerprint,
 * the workbook that bears it, and the copy that later papers are held against.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { wordsOf } from '../database/words.ts'
import { badRequest, forbidden, invalid, Refusal } from '../errors.ts'
import { type Form, isHosted } from '../forms/index.ts'
import type { CellValue, LayoutColumn, Seal, SheetLayout } from '../forms/paper/layout.ts'
import { frameOf, type LaidPaper, makeAnnexOne, makeAnnexTwo, registerPaper } from '../papers/papers.ts'
import { rowsOf } from '../papers/rows.ts'
import { campaignOf, relationFor } from '../records/read.ts'
import { isId } from '../requests.ts'
import { codePicture } from '../workbook/codes.ts'
import { writeWorkbook } from '../workbook/write.ts'
import { address_label, printedOn } from './address.ts'
import { fingerprint, type Snapshot, type SnapshotRow } from './snapshot.ts'

/** A paper is for people to read: beyond this one hands in less at a time. */
const MAX_FILED_ROWS = 100_000
/** Without 0 1 I L O: read out over the phone, none is taken for another. */
const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
/** What stands in a paper's number where its register is no annex. */
const NO_ANNEX = 0
const CODE_CHARS = 6
const notHandedIn = ['draft', 'returned', 'refused', 'void']

type PaperRequest = { form: string; campaign_id: number; unit_id: number | null; collection_id: number | null }

/** What a body asks to have frozen: a clerk's own unit, a host's collection, or for the province one unit or all. */
export async function readPaperRequest(trx: Trx, person: Person, body: Record<string, unknown>): Promise<PaperRequest> {
  const { form, campaign_id, unit_id, collection_id, ...others } = body
  const unknown = Object.keys(others)[0]
  if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  if (typeof form !== 'string') throw invalid({ form: '请写明是哪张表。' })
  for (const [name, id] of Object.entries({ campaign_id, unit_id, collection_id }))
    if (id !== undefined && id !== null && !isId(id)) throw badRequest(`${name} 应是编号。`)
  if (person.role !== 'clerk' && person.role !== 'province')
    throw forbidden(`报送版由填报单位和${(await wordsOf(trx, campaign_id as number | undefined)).lead_short}生成。`)
  const collection = (collection_id ?? null) as number | null
  const own = person.role === 'clerk' && collection === null ? person.unit_id : null
  if (person.role === 'clerk' && unit_id !== undefined && unit_id !== null && unit_id !== person.unit_id)
    throw forbidden('只能为本单位生成报送版。')
  if (collection !== null && person.role === 'clerk') await mustHost(trx, collection)
  return {
    form,
    campaign_id: (await campaignOf(trx, campaign_id ?? undefined)).id,
    unit_id: own ?? (collection === null ? ((unit_id ?? null) as number | null) : null),
    collection_id: collection,
  }
}

async function mustHost(trx: Trx, collectionId: number) {
  const found =
    await sql`select from collections c where c.id = ${collectionId} and c.id = any (app.my_collections())`.execute(trx)
  if (found.rows.length === 0) throw forbidden('只有承办单位可以报送这项征集的作品。')
}

/** Read along with what is printed. */
const recordId = { source: { from: 'id' }, print: Number } as const

type FiledPaper = {
  layout: SheetLayout
  lines: SnapshotRow[]
  options?: LaidPaper['options']
  name: string
  plain: string
  unit: string
}

/** The rows as they are now, laid out. Drafts and what was sent back or annulled are not handed in. */
export async function paperNow(trx: Trx, database: Database, person: Person, asked: PaperRequest): Promise<FiledPaper> {
  const relation = relationFor(database, person, asked.form, asked.campaign_id)
  const { form } = relation
  if (form.scope !== 'unit') return framePaper(trx, person, form, asked)
  if (asked.collection_id !== null && !isHosted(form)) throw invalid({ collection_id: `${form.label}不按征集报送。` })
  const filter = {
    campaign_id: asked.campaign_id,
    status_not: notHandedIn,
    ...(asked.unit_id !== null && { unit_id: asked.unit_id }),
    ...(asked.collection_id !== null && { collection_id: asked.collection_id }),
  }
  const query = { filter, sort: [['unit_id', 'ASC'] as const], offset: 0, limit: MAX_FILED_ROWS + 1 }
  const { frame, columns, own_unit, ...paper } = await registerPaper(trx, relation, person, query)
  const lines: SnapshotRow[] = []
  for await (const batch of rowsOf(trx, relation, query, [...columns, recordId], own_unit)) {
    for (const row of batch) lines.push({ id: Number(row.at(-1)), values: row.slice(0, -1) })
    if (lines.length > MAX_FILED_ROWS)
      throw new Refusal(413, `报送版一份最多 ${MAX_FILED_ROWS.toLocaleString('en')} 行，请分单位报送。`)
  }
  return { ...paper, lines, unit: frame.unit ?? '' }
}

/** Annexes 1 and 2 are the province's. */
async function framePaper(trx: Trx, person: Person, form: Form, asked: PaperRequest): Promise<FiledPaper> {
  const make = { quotas: makeAnnexOne, collections: makeAnnexTwo }[form.name]
  if (!make) throw invalid({ form: `${form.label}没有附件，不能报送。` })
  if (person.role !== 'province') throw forbidden(`这张表由${(await wordsOf(trx, asked.campaign_id)).lead_short}报送。`)
  const frame = await frameOf(trx, person, asked.campaign_id)
  const { rows, ...paper } = await make(trx, form, frame)
  const lines: SnapshotRow[] = []
  for await (const batch of rows) for (const values of batch) lines.push({ id: null, values })
  return { ...paper, lines, unit: frame.unit ?? '' }
}

/** A paper's words without 序号, which numbers the lines anyway. */
export function snapshotOf({ layout, lines, unit, options }: FiledPaper): Snapshot {
  const columns = layout.columns.slice(1)
  const rows = lines.map(({ values }) => values)
  return {
    title: layout.lines.find(({ style }) => style === 'title')?.text ?? '',
    unit,
    headings: columns.map(({ group, heading }) => (group ? `${group} ${heading}` : heading)),
    lines,
    ...(layout.total !== undefined && {
      total: options?.totals ?? columns.map((column, at) => sumOf(column, rows, at)),
    }),
  }
}

const sumOf = ({ sum }: LayoutColumn, rows: readonly (readonly CellValue[])[], at: number) =>
  sum ? rows.reduce((all, row) => all + (Number(row[at]) || 0), 0) : null

type RegisteredPaper = { id: number; is_new: boolean }

/**
 * Freezes what is asked and answers its id. Handing in the same words again gives the paper there is, unless that one
 * leads elsewhere: `public_urls` are where the server is reached, the first stands in the QR code.
 */
export async function file(
  trx: Trx,
  database: Database,
  person: Person,
  asked: PaperRequest,
  publicUrls: readonly string[],
): Promise<RegisteredPaper> {
  const paper = await paperNow(trx, database, person, asked)
  if (paper.lines.length === 0) throw new Refusal(409, '没有可以报送的行：先提交，再生成报送版。')
  const snapshot = snapshotOf(paper)
  const { serial, year } = await nextSerial(trx, asked)
  const before = await latestOf(trx, person, asked)
  if (
    before?.data_sha256 === fingerprint(snapshot, before?.salt ?? null) &&
    publicUrls.includes((await addressOf(trx, before)) ?? '')
  )
    return { id: before.id, is_new: false }
  const address = publicUrls[0] as string
  const salt = randomBytes(16).toString('hex')
  const dataSha256 = fingerprint(snapshot, salt)
  const annex = relationFor(database, person, asked.form, asked.campaign_id).form.annex ?? NO_ANNEX
  const number = `${year}-${annex}-${String(serial).padStart(4, '0')}-${makeCode()}`
  const seal = sealOf(number, dataSha256, `${address}/verify/${number}`)
  const content = await whole(
    writeWorkbook({ ...paper.layout, seal }, [paper.lines.map(({ values }) => values)], paper.options),
  )
  const kept = await sql<{ id: number }>`
    insert into filings (number, form, campaign_id, unit_id, covers_unit_id, collection_id, file_name, rows, data_sha256,
      salt, file_sha256, snapshot, content, address)
    values (${number}, ${asked.form}, ${asked.campaign_id}, ${person.unit_id}, ${asked.unit_id}, ${asked.collection_id},
      ${paper.name.replace(/\.xlsx$/, `（报送版 ${number}）.xlsx`)}, ${paper.lines.length}, ${dataSha256},
      ${salt}, ${createHash('sha256').update(content).digest('hex')}, ${JSON.stringify(snapshot)}::json, ${content}, ${address}) returning id`.execute(
    trx,
  )
  return { id: (kept.rows[0] as { id: number }).id, is_new: true }
}

/** The next number of this annex and year; whoever asks at the same time waits for this transaction. */
async function nextSerial(trx: Trx, { campaign_id, form }: PaperRequest) {
  const found = await sql<{ serial: number; year: number }>`
    select app.next_filing(${campaign_id}, ${form}) as serial, c.year from campaigns c where c.id = ${campaign_id}`.execute(
    trx,
  )
  return found.rows[0] as { serial: number; year: number }
}

async function latestOf(trx: Trx, person: Person, { campaign_id, form, unit_id, collection_id }: PaperRequest) {
  const found = await sql<{ id: number; data_sha256: string; salt: string | null; address: string | null }>`
    select f.id, f.data_sha256, f.salt, f.address from filings f where f.campaign_id = ${campaign_id} and f.form = ${form}
      and f.unit_id = ${person.unit_id} and f.covers_unit_id is not distinct from ${unit_id}
      and f.collection_id is not distinct from ${collection_id} order by f.id desc limit 1`.execute(trx)
  return found.rows[0]
}

/** The address on a paper; of one from before it is read off once and kept. */
export async function addressOf(trx: Trx, { id, address }: { id: number; address: string | null }) {
  if (address !== null) return address
  const found = await sql<{ content: Buffer }>`select f.content from filings f where f.id = ${id}`.execute(trx)
  const printed = found.rows[0] ? await printedOn(found.rows[0].content) : null
  if (printed !== null) await sql`select app.note_address(${id}, ${printed})`.execute(trx)
  return printed
}

const makeCode = () => Array.from({ length: CODE_CHARS }, () => letters[randomInt(letters.length)]).join('')

function sealOf(number: string, dataSha256: string, url: string): Seal {
  return {
    lines: [
      `报送编号：${number}`,
      `内容校验（SHA-256）：${dataSha256}`,
      `${address_label}${url}`,
      '注：本表内容已经登记，改动任何一格都能核对出来。',
    ],
    picture: codePicture(url),
    footer: `报送编号 ${number}　校验 ${dataSha256.slice(0, 16)}`,
  }
}

async function whole(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const held: Buffer[] = []
  for await (const piece of pieces) held.push(piece)
  return Buffer.concat(held)
}
