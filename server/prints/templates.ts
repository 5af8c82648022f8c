/** Print templates as they are stored: one-page forms of a campaign's registers, and which column fills each blank. */
import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, invalid, notFound, Refusal, stale, versionMissing } from '../errors.ts'
import { type Form, type PrintBlank, readBlanks } from '../forms/index.ts'
import type { ListQuery } from '../records/query.ts'
import { formIn } from '../records/read.ts'
import { fittingBlanks } from './blanks.ts'
import type { PaperFormat } from './blocks.ts'

export const MAX_TEMPLATE_BYTES = 2 * 1024 * 1024
const MAX_TEMPLATES = 20
const MAX_NAME_CHARS = 60

/** A print template as GET /print_templates answers it. */
export type PrintTemplate = {
  id: number
  campaign_id: number
  form: string
  name: string
  format: PaperFormat
  file_name: string
  /** Bytes. */
  size: number
  blanks: PrintBlank[]
  version: number
  updated_at: string
  updated_by_label: string | null
}

const columns = ['id', 'campaign_id', 'form', 'name', 'format', 'version', 'updated_at']
const selected = sql`select p.id, p.campaign_id, p.form, p.name, p.format, p.file_name, p.blanks, p.version, p.updated_at,
  p.size, app.user_label(p.updated_by) as updated_by_label from print_templates p`

type WithDefinitions = Pick<Database, 'definitions'>

export function mustKeepTemplates({ role }: Pick<Person, 'role'>): void {
  if (role !== 'province') throw forbidden('打印的样子由活动的主办方维护。')
}

/** As the register is today: what is gone of it fills nothing. */
function today(database: WithDefinitions, template: PrintTemplate): PrintTemplate {
  const form = database.definitions.of(template.campaign_id)[template.form]
  return form ? { ...template, blanks: fittingBlanks(template.blanks, form) } : template
}

/** A window of the templates, and how many there are. */
export async function listTemplates(trx: Trx, database: WithDefinitions, { filter, sort, offset, limit }: ListQuery) {
  const unknown = [...Object.keys(filter), ...sort.map(([name]) => name)].find((name) => !columns.includes(name))
  if (unknown !== undefined) throw badRequest(`“${unknown.slice(0, 40)}”不能用来筛选或排序。`)
  const conditions = Object.entries(filter).map(
    ([name, value]) => sql`${sql.ref(`p.${name}`)}::text = any (${[value].flat().map(String)}::text[])`,
  )
  const where = sql.join([sql`p.deleted_at is null`, ...conditions], sql` and `)
  const order: RawBuilder<unknown>[] = sort.map(([name, way]) => sql`${sql.ref(`p.${name}`)} ${sql.raw(way)}`)
  const found = await sql<PrintTemplate>`${selected} where ${where}
    order by ${sql.join([...order, sql`p.id`])} limit ${limit} offset ${offset}`.execute(trx)
  const counted = await sql<{ total: number }>`
    select count(*)::integer as total from print_templates p where ${where}`.execute(trx)
  return { rows: found.rows.map((template) => today(database, template)), total: counted.rows[0]?.total ?? 0 }
}

/** One template; 404 where it is out of sight, or of another register than the one named. */
export async function oneTemplate(
  trx: Trx,
  database: WithDefinitions,
  id: number,
  form?: string,
): Promise<PrintTemplate> {
  const { rows } = await sql<PrintTemplate>`${selected} where p.id = ${id} and p.deleted_at is null`.execute(trx)
  const template = rows[0]
  if (!template || (form !== undefined && template.form !== form))
    throw notFound('没有这个打印的样子，或者您看不到它。')
  return today(database, template)
}

/** Its file. */
export async function contentOf(trx: Trx, id: number): Promise<Buffer> {
  const { rows } = await sql<{ content: Buffer }>`
    select p.content from print_templates p where p.id = ${id} and p.deleted_at is null`.execute(trx)
  if (!rows[0]) throw notFound('没有这个打印的样子，或者您看不到它。')
  return rows[0].content
}

/** The register a template is for; others than those that units fill have no one-page form. */
export function registerOf(database: WithDefinitions, campaignId: number, name: unknown): Form {
  const form = formIn(database, String(name ?? ''), campaignId)
  if (form.scope !== 'unit') throw invalid({ form: '只有填报的登记表能有打印的样子。' })
  return form
}

function readName(given: unknown): string {
  const name = typeof given === 'string' ? given.replace(/\s+/g, ' ').trim() : ''
  if (name === '' || [...name].length > MAX_NAME_CHARS) throw invalid({ name: `名称写 1 到 ${MAX_NAME_CHARS} 字。` })
  return name
}

async function refuseTaken(trx: Trx, template: { campaign_id: number; form: string; name: string; id?: number }) {
  const { rows } = await sql<{ same: number; many: number }>`
    select count(*) filter (where p.name = ${template.name})::integer as same, count(*)::integer as many from print_templates p
    where p.campaign_id = ${template.campaign_id} and p.form = ${template.form} and p.deleted_at is null and p.id <> ${template.id ?? 0}`.execute(
    trx,
  )
  const { same = 0, many = 0 } = rows[0] ?? {}
  if (same > 0) throw invalid({ name: `已经有一张叫“${template.name}”的，换一个名称。` })
  if (many >= MAX_TEMPLATES) throw invalid({ form: `一张登记表最多 ${MAX_TEMPLATES} 个打印的样子，请先删去不用的。` })
}

type NewTemplate = {
  campaign_id: number
  form: string
  name: string
  file_name: string
  format: PaperFormat
  content: Buffer
  blanks: readonly PrintBlank[]
}

export async function createTemplate(trx: Trx, database: WithDefinitions, given: NewTemplate): Promise<PrintTemplate> {
  const { campaign_id, form, content, format, file_name, blanks } = given
  if (content.length > MAX_TEMPLATE_BYTES) throw new Refusal(413, '这个文件太大，打印的样子最多 2 MB。')
  const name = readName(given.name)
  await refuseTaken(trx, { campaign_id, form, name })
  const sha256 = createHash('sha256').update(content).digest('hex')
  const made = await sql<{ id: number }>`
    insert into print_templates (campaign_id, form, name, format, file_name, content, sha256, blanks)
    values (${campaign_id}, ${form}, ${name}, ${format}, ${file_name}, ${content}, ${sha256}, ${JSON.stringify(blanks)}::jsonb)
    returning id`.execute(trx)
  return oneTemplate(trx, database, made.rows[0]?.id ?? 0)
}

/** The template of this id and version, or 428 and 409. */
async function atVersion(trx: Trx, database: WithDefinitions, id: number, version: unknown): Promise<PrintTemplate> {
  const template = await oneTemplate(trx, database, id)
  if (version === undefined || version === null) throw versionMissing()
  if (template.version !== version) throw stale(template)
  return template
}

/** Another name, other columns in its blanks. The blanks themselves are those of the file. */
export async function changeTemplate(trx: Trx, database: WithDefinitions, id: number, body: Record<string, unknown>) {
  const { version, ...given } = body
  const template = await atVersion(trx, database, id, version)
  const name = given.name === undefined ? template.name : readName(given.name)
  await refuseTaken(trx, { ...template, name })
  const blanks = given.blanks === undefined ? template.blanks : withColumns(database, template, given.blanks)
  await sql`update print_templates set name = ${name}, blanks = ${JSON.stringify(blanks)}::jsonb, version = version + 1
    where id = ${id} and version = ${template.version}`.execute(trx)
  return oneTemplate(trx, database, id)
}

function withColumns(database: WithDefinitions, template: PrintTemplate, given: unknown): PrintBlank[] {
  const form = registerOf(database, template.campaign_id, template.form)
  const list = Array.isArray(given) ? (given as Record<string, unknown>[]) : []
  const fields = new Map(list.map((each) => [each?.at, each?.field ?? null]))
  const unknown = [...fields.keys()].find((at) => !template.blanks.some((blank) => blank.at === at))
  if (!Array.isArray(given) || unknown !== undefined)
    throw invalid({ blanks: `这张表上没有“${String(unknown).slice(0, 40)}”这个空格。` })
  const read = readBlanks(
    form,
    template.blanks.map((blank) =>
      fields.has(blank.at) ? { ...blank, field: fields.get(blank.at), guessed: undefined } : blank,
    ),
  )
  if ('errors' in read) throw invalid(read.errors, '有几个空格的栏目要改，改好再存。')
  return read.blanks
}

export async function removeTemplate(trx: Trx, database: WithDefinitions, id: number, version?: number) {
  const template = await atVersion(trx, database, id, version ?? (await oneTemplate(trx, database, id)).version)
  await sql`update print_templates set deleted_at = now(), version = version + 1
    where id = ${id} and version = ${template.version}`.execute(trx)
  return template
}
