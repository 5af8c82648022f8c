/** A campaign out of the database, as a package. */
import { sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import type { Vocabulary } from '../../database/vocabulary.ts'
import { Refusal } from '../../errors.ts'
import {
  type Definition,
  type Field,
  type Form,
  formOf,
  isBlank,
  labelOf,
  nameOfDefinition,
  type Row,
  registersOf,
  type Value,
} from '../../forms/index.ts'
import { readOne, readRows, relationFor, type StoredRecord } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import {
  type CampaignPackage,
  inStableOrder,
  inWrittenOrder,
  PACKAGE_FORMAT,
  PACKAGE_VERSION,
  type PackageRow,
  type Section,
  saidFields,
  sections,
  sectionsIn,
} from './package.ts'
import { packagedTemplates } from './print_templates.ts'

export type StoredSection = { relation: Relation; rows: { stored: StoredRecord; row: PackageRow }[] }

const valueIn = (field: Field, row: Row): Value => {
  const value = row[field.type === 'reference' ? labelOf(field.name) : field.name] ?? null
  return Array.isArray(value) ? inWrittenOrder(value) : value
}

/** A stored row as a package says it. */
export const packageRow = (form: Form, row: Row): PackageRow =>
  Object.fromEntries(
    saidFields(form).flatMap((field) => {
      const value = valueIn(field, row)
      return isBlank(value) ? [] : [[field.name, value] as const]
    }),
  )

/** The rows of a section: those of the campaign; of what belongs to no campaign, all there are. */
export async function storedSection(
  trx: Trx,
  vocabulary: Vocabulary,
  person: Person,
  section: Section,
  campaignId: number,
): Promise<StoredSection> {
  const relation = relationFor(vocabulary, person, section, campaignId)
  const { form } = relation
  const of = form.scope === 'global' ? sql`true` : sql`t.campaign_id = ${campaignId}`
  const found = await sql<{ id: number }>`select t.id from ${sql.table(form.name)} t
    where ${of} and t.deleted_at is null order by t.id`.execute(trx)
  const rows = await readRows(
    trx,
    relation,
    found.rows.map(({ id }) => id),
  )
  return { relation, rows: rows.map((stored) => ({ stored, row: packageRow(form, stored) })) }
}

/** Of units and their kinds a package says those that the campaign has to do with. */
function concerned(
  content: Partial<Record<Section, PackageRow[]>>,
  section: Section,
  rows: PackageRow[],
): PackageRow[] {
  if (section === 'units') {
    const named = new Set([
      ...(content.participations ?? []).map(({ unit_id }) => unit_id),
      ...(content.collections ?? []).map(({ host_unit_id }) => host_unit_id),
    ])
    return rows.filter(({ short_name }) => named.has(short_name ?? null))
  }
  const kinds = new Set((content.units ?? []).map(({ kind }) => kind))
  return rows.filter(({ name }) => kinds.has(name ?? null))
}

/** The published definitions of a campaign, by register. */
export async function publishedIn(trx: Trx, campaignId: number): Promise<Map<string, Definition>> {
  const { rows } = await sql<{ name: string; definition: Definition }>`
    select d.name, d.definition from form_designs d
    where d.campaign_id = ${campaignId} and d.state = 'published' and d.deleted_at is null`.execute(trx)
  return new Map(rows.map(({ name, definition }) => [name, definition]))
}

/** Registers in force, as the published designs say them; what nobody has adjusted by its name alone. */
async function formsOf(trx: Trx, { definitions }: Vocabulary, campaignId: number): Promise<Definition[]> {
  const published = await publishedIn(trx, campaignId)
  return registersOf(definitions.of(campaignId)).map(({ name }) =>
    inWrittenOrder(published.get(name) ?? { extends: name }),
  )
}

/** Rows of a section that is not in force would be left behind without a word. */
async function refuseHidden(
  trx: Trx,
  { definitions }: Vocabulary,
  campaignId: number,
  known: readonly Section[],
): Promise<void> {
  for (const section of sections) {
    const form = formOf(definitions.of(), section)
    if (known.includes(section) || form?.scope !== 'campaign') continue
    const { rows } = await sql<{ count: number }>`select count(*)::integer as count from ${sql.table(section)} t
      where t.campaign_id = ${campaignId} and t.deleted_at is null`.execute(trx)
    const count = rows[0]?.count ?? 0
    if (count > 0)
      throw new Refusal(
        409,
        `作品登记表停用了，活动包装不下 ${count} ${form.measure}${form.label}。请先恢复作品登记表，或者删去它们，再导出。`,
      )
  }
}

/** The package of a campaign; 404 where it is out of sight. */
export async function packageOf(
  trx: Trx,
  vocabulary: Vocabulary,
  person: Person,
  campaignId: number,
): Promise<CampaignPackage> {
  const campaigns = relationFor(vocabulary, person, 'campaigns')
  const campaign = packageRow(campaigns.form, await readOne(trx, campaigns, campaignId))
  const content: Partial<Record<Section, PackageRow[]>> = {}
  const globals: Section[] = []
  const relations = new Map<Section, Form>()
  const known = sectionsIn(vocabulary.definitions.of(campaignId))
  await refuseHidden(trx, vocabulary, campaignId, known)
  for (const section of known) {
    const { relation, rows } = await storedSection(trx, vocabulary, person, section, campaignId)
    content[section] = rows.map(({ row }) => row)
    relations.set(section, relation.form)
    if (relation.form.scope === 'global') globals.push(section)
  }
  for (const section of globals.reverse()) content[section] = concerned(content, section, content[section] ?? [])
  const ranked = inStableOrder(relations.get('participations') as Form, content.participations ?? [], [])
  const units = ranked.map(({ unit_id }) => String(unit_id))
  const forms = await formsOf(trx, vocabulary, campaignId)
  const ordered = Object.fromEntries(
    sections.map((section) => {
      const form = relations.get(section)
      return [section, form ? inStableOrder(form, content[section] ?? [], units) : []]
    }),
  )
  const templates = await packagedTemplates(trx, campaignId, forms.map(nameOfDefinition))
  const printed = templates.length > 0 ? { print_templates: templates } : {}
  return { format: PACKAGE_FORMAT, format_version: PACKAGE_VERSION, campaign, forms, ...ordered, ...printed }
}
