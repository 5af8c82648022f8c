/** Designs: the versions of a campaign's definitions, as drafts, in force and retired. */
import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { badRequest, forbidden, invalid, notFound, Refusal, stale, versionMissing } from '../../errors.ts'
import {
  type Definition,
  formOf,
  isAdjustment,
  MAX_REGISTERS,
  nameOfDefinition,
  readDefinition,
  registersOf,
  type Surroundings,
} from '../../forms/index.ts'
import type { ListQuery } from '../../records/query.ts'
import { isId } from '../../requests.ts'
import { refuseRetyping } from './conversions.ts'

/** A design as GET /form_designs answers it. */
export type FormDesign = {
  id: number
  campaign_id: number
  name: string
  /** What the register is called in this version. */
  label: string
  state: 'draft' | 'published' | 'retired'
  version: number
  definition: Definition
  published_at: string | null
  updated_at: string
  updated_by_label: string | null
}

const columns = ['id', 'campaign_id', 'name', 'state', 'version', 'published_at', 'updated_at'] as const
const isColumn = (name: string): name is (typeof columns)[number] => (columns as readonly string[]).includes(name)

const selected = sql`select d.id, d.campaign_id, d.name, d.state, d.version, d.definition, d.published_at, d.updated_at,
  app.user_label(d.updated_by) as updated_by_label from form_designs d`

const withLabel = ({ forms }: Pick<Surroundings, 'forms'>, design: Omit<FormDesign, 'label'>): FormDesign => ({
  ...design,
  label: design.definition.label ?? formOf(forms, design.name)?.label ?? design.name,
})

/** Whoever designs and publishes leads the campaign. */
export const mustDesign = ({ role }: Pick<Person, 'role'>) => {
  if (role !== 'province') throw forbidden('只有活动的主办方能设计和发布登记表。')
}

type Defining = Pick<Database, 'definitions'>

/** A window of the designs, and how many there are. Those out of sight are not counted. */
export async function listDesigns(
  trx: Trx,
  { definitions }: Defining,
  { filter, sort, offset, limit }: ListQuery,
): Promise<{ rows: FormDesign[]; total: number }> {
  const unknown = [...Object.keys(filter), ...sort.map(([name]) => name)].find((name) => !isColumn(name))
  if (unknown !== undefined) throw badRequest(`“${unknown.slice(0, 40)}”不能用来筛选或排序。`)
  const conditions = Object.entries(filter).map(([name, value]) => {
    const values = [value].flat().map(String)
    return sql`${sql.ref(`d.${name}`)}::text = any (${values}::text[])`
  })
  const where = sql.join([sql`d.deleted_at is null`, ...conditions], sql` and `)
  const order: RawBuilder<unknown>[] = sort.map(([name, way]) => sql`${sql.ref(`d.${name}`)} ${sql.raw(way)}`)
  const found = await sql<Omit<FormDesign, 'label'>>`${selected} where ${where}
    order by ${sql.join([...order, sql`d.id`])} limit ${limit} offset ${offset}`.execute(trx)
  const counted = await sql<{
    total: number
  }>`select count(*)::integer as total from form_designs d where ${where}`.execute(trx)
  return {
    rows: found.rows.map((design) => withLabel({ forms: definitions.of(design.campaign_id) }, design)),
    total: counted.rows[0]?.total ?? 0,
  }
}

/** One design; 404 where it is out of sight. */
export async function oneDesign(trx: Trx, { definitions }: Defining, id: number): Promise<FormDesign> {
  const { rows } = await sql<
    Omit<FormDesign, 'label'>
  >`${selected} where d.id = ${id} and d.deleted_at is null`.execute(trx)
  if (!rows[0]) throw notFound('没有这份表单设计，或者您看不到它。')
  return withLabel({ forms: definitions.of(rows[0].campaign_id) }, rows[0])
}

/** A definition as somebody sent it, read against what the campaign has; refuses it with its faults by path. */
export function readSent(given: unknown, around: Surroundings): Definition {
  const read = readDefinition(given, around)
  if ('errors' in read) throw invalid(read.errors, '定义里有几处要改，改好再存。')
  const { definition } = read
  const isNew = !isAdjustment(definition) && !formOf(around.forms, definition.name)
  if (isNew && registersOf(around.forms).length >= MAX_REGISTERS)
    throw invalid({ name: `一个年度最多 ${MAX_REGISTERS} 张登记表。` })
  return definition
}

/** A new draft. One at a time for a register: another one is refused with what to do. */
export async function createDesign(trx: Trx, database: Defining, body: Record<string, unknown>): Promise<FormDesign> {
  const { campaign_id: campaignId, definition: given } = body
  if (!isId(campaignId)) throw invalid({ campaign_id: '请写明是哪个年度的。' })
  const campaign = await sql`select from campaigns c where c.id = ${campaignId} and c.deleted_at is null`.execute(trx)
  if (campaign.rows.length === 0) throw notFound('没有这个年度的活动。')
  const around = database.definitions.around(campaignId)
  const definition = readSent(given, around)
  await refuseRetyping(trx, campaignId, definition, around.columns)
  const name = nameOfDefinition(definition)
  const drafts = await sql<{ id: number }>`select d.id from form_designs d
    where d.campaign_id = ${campaignId} and d.name = ${name} and d.state = 'draft' and d.deleted_at is null`.execute(
    trx,
  )
  if (drafts.rows[0])
    throw new Refusal(409, `“${name}”已经有一份草稿，请改那一份，或者先删去它。`, { design_id: drafts.rows[0].id })
  const made = await sql<{ id: number }>`insert into form_designs (campaign_id, name, definition)
    values (${campaignId}, ${name}, ${JSON.stringify(definition)}::jsonb) returning id`.execute(trx)
  return oneDesign(trx, database, made.rows[0]?.id ?? 0)
}

/** The draft of this id and version, to be changed: refuses what is published or another version. */
export async function draftOf(trx: Trx, database: Defining, id: number, version: unknown): Promise<FormDesign> {
  const design = await oneDesign(trx, database, id)
  if (version === undefined || version === null) throw versionMissing()
  if (design.version !== version) throw stale(design)
  if (design.state !== 'draft') throw forbidden('已经发布的定义不能再改，请新建一份草稿，改好再发布。')
  return design
}

/** Another definition for a draft, of the same register. */
export async function changeDesign(
  trx: Trx,
  database: Defining,
  id: number,
  body: Record<string, unknown>,
): Promise<FormDesign> {
  const design = await draftOf(trx, database, id, body.version)
  const around = database.definitions.around(design.campaign_id)
  const definition = readSent(body.definition, around)
  await refuseRetyping(trx, design.campaign_id, definition, around.columns)
  if (nameOfDefinition(definition) !== design.name)
    throw invalid({ name: `这份草稿是“${design.name}”的；另一张表请另建一份。` })
  await sql`update form_designs set definition = ${JSON.stringify(definition)}::jsonb, version = version + 1
    where id = ${id} and version = ${design.version}`.execute(trx)
  return oneDesign(trx, database, id)
}

/** A draft nobody wants. */
export async function removeDesign(trx: Trx, database: Defining, id: number, version?: number): Promise<FormDesign> {
  const before = await oneDesign(trx, database, id)
  const design = await draftOf(trx, database, id, version ?? before.version)
  await sql`update form_designs set deleted_at = now(), version = version + 1 where id = ${id} and version = ${design.version}`.execute(
    trx,
  )
  return design
}
