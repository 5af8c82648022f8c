/**
 * A package into the database: compared with what there is, and written through the same functions as rows from a grid, in one
 * transaction. Looking first is the same, taken back.
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import { type Vocabulary, withCollections } from '../../database/vocabulary.ts'
import { invalid, Refusal } from '../../errors.ts'
import {
  type CollectionTitles,
  type Definition,
  type Field,
  type FieldDefinition,
  type Form,
  fieldOf,
  formOf,
  nameOfDefinition,
  printField,
  type Row,
  readField,
  registersOf,
  sameValue,
} from '../../forms/index.ts'
import { createRows } from '../../records/creations.ts'
import { type BatchFaults, changeRows, moveToBin } from '../../records/edits.ts'
import { readOne, relationFor } from '../../records/read.ts'
import { canonicalText, isRecord } from '../../requests.ts'
import { createDesign } from '../designs/designs.ts'
import { publishDraft } from '../designs/publication.ts'
import {
  type CampaignPackage,
  inWrittenOrder,
  type PackageRow,
  rowKey,
  type Section,
  saidFields,
  sections,
  sectionsIn,
} from './package.ts'
import { fieldsOf, isCountedOf, withoutFields } from './partial.ts'
import { loadTemplates } from './print_templates.ts'
import { packageRow, publishedIn, type StoredSection, storedSection } from './reading.ts'

const MAX_TOLD_ROWS = 20

/** What definitions and rights are at this moment of a transaction, with what it has written itself. */
type Within = (trx: Trx) => Promise<Vocabulary>

type LoadedPackage = { campaign_id: number; changes: string[] }

/** The first thing wrong with a row of a section, as the refusal of all. */
function refuse(path: string, { errors, conflicts, refusal }: BatchFaults) {
  if (refusal) throw refusal
  const told = Object.entries(errors).flatMap(([n, of]) =>
    Object.entries(of).map(([name, sentence]) => [`${path}.${n}.${name}`, sentence] as const),
  )
  if (told.length > 0) throw invalid(Object.fromEntries(told), '活动包里有几处要改，什么也没有写。')
  if (Object.keys(conflicts).length > 0) throw new Refusal(409, '刚才有人同时在改，请再试一次。')
}

const nameIn = (form: Form, row: Row) => String(row[form.names] ?? rowKey(form, row))
const printed = (form: Form, name: string, value: Row[string] | undefined) => {
  const field = fieldOf(form, name)
  const text = field && field.type !== 'reference' ? printField(field, value) : String(value ?? '')
  return text === '' ? '（空）' : `“${text.slice(0, 60)}”`
}

/** A cell of a package as it would be stored: what it leaves to a standard is said, and words are values. */
function asStored(field: Field, cell: PackageRow[string] | undefined, context: { year: number }) {
  const parsed = field.type === 'reference' ? { value: cell } : readField(field, cell, context)
  return inWrittenOrder('value' in parsed ? parsed.value : cell)
}

/** The fields in which a row of the package differs from the stored one; what the package leaves out is blank. */
function changedFields(form: Form, stored: PackageRow, row: PackageRow, context: { year: number }): PackageRow {
  return Object.fromEntries(
    saidFields(form)
      .filter((field) => !sameValue(stored[field.name], asStored(field, row[field.name], context)))
      .map(({ name }) => [name, row[name] ?? null]),
  )
}

type SectionDifference = {
  added: PackageRow[]
  changed: { id: number; version: number; values: PackageRow; was: PackageRow; name: string }[]
  gone: { id: number; version: number; name: string }[]
}

/** The rows of a section held against those that are stored. */
function compare(
  { relation, rows }: StoredSection,
  wanted: readonly PackageRow[],
  context: { year: number },
): SectionDifference {
  const { form } = relation
  const stored = new Map(rows.map((each) => [rowKey(form, each.row), each]))
  const kept = new Set<number>()
  const comparison: SectionDifference = { added: [], changed: [], gone: [] }
  for (const row of wanted) {
    const found = stored.get(rowKey(form, row))
    if (!found) {
      comparison.added.push(row)
      continue
    }
    const { id, version } = found.stored
    kept.add(id)
    const values = changedFields(form, found.row, row, context)
    if (Object.keys(values).length > 0)
      comparison.changed.push({ id, version, values, was: found.row, name: nameIn(form, row) })
  }
  // what belongs to no campaign is of others too
  if (form.scope === 'campaign')
    for (const { stored: row, row: told } of rows)
      if (!kept.has(row.id)) comparison.gone.push({ id: row.id, version: row.version, name: nameIn(form, told) })
  return comparison
}

function sentencesOf(form: Form, { added, changed, gone }: SectionDifference): string[] {
  const list = (names: readonly string[]) =>
    `${names.slice(0, MAX_TOLD_ROWS).join('、')}${names.length > MAX_TOLD_ROWS ? ` 等 ${names.length} ${form.measure}` : ''}`
  return [
    ...(added.length > 0 ? [`${form.label}：新增${list(added.map((row) => nameIn(form, row)))}。`] : []),
    ...changed.map(({ name, values, was }) => {
      const words = Object.keys(values).map(
        (field) =>
          `${fieldOf(form, field)?.label ?? field}由${printed(form, field, was[field])}改为${printed(form, field, values[field])}`,
      )
      return `${form.label}“${name}”：${words.join('，')}。`
    }),
    ...(gone.length > 0 ? [`${form.label}：去掉${list(gone.map(({ name }) => name))}（放进回收站）。`] : []),
  ]
}

/** One section, written; answers what it changed. */
async function loadSection(
  trx: Trx,
  vocabulary: Vocabulary,
  person: Person,
  {
    section,
    campaignId,
    wanted,
    year,
  }: { section: Section; campaignId: number; wanted: readonly PackageRow[]; year: number },
): Promise<string[]> {
  const stored = await storedSection(trx, vocabulary, person, section, campaignId)
  const { relation } = stored
  const comparison = compare(stored, wanted, { year })
  const scope = relation.form.scope === 'global' ? {} : { campaign_id: campaignId }
  if (comparison.gone.length > 0) await moveToBin(trx, relation, person, comparison.gone, true)
  const bodies = comparison.changed.map(({ id, version, values }) => ({ id, version, ...values }))
  if (bodies.length > 0) refuse(section, (await changeRows(trx, relation, person, bodies)).faults)
  const added = comparison.added.map((row) => ({ ...row, ...scope }))
  if (added.length > 0) refuse(section, (await createRows(trx, relation, person, added)).faults)
  return sentencesOf(relation.form, comparison)
}

/** The definition of each register that is in force, and those that are not, published where they differ. */
async function loadForms(
  trx: Trx,
  within: Within,
  campaignId: number,
  wanted: readonly Definition[],
  collections: CollectionTitles,
): Promise<string[]> {
  const changes: string[] = []
  const publish = async (definition: Definition, path: string, isRetired: boolean) => {
    const stored = await within(trx)
    const vocabulary = isRetired ? stored : withCollections(stored, collections)
    const design = await createDesign(trx, vocabulary, { campaign_id: campaignId, definition }).catch((error) => {
      throw atPath(error, path)
    })
    if (isRetired) await sql`select app.retire_design(${design.id}, ${design.version})`.execute(trx)
    else await publishDraft(trx, vocabulary, design)
    const told = isRetired ? `登记表“${design.label}”停用。` : `登记表“${design.label}”按活动包发布。`
    if (!changes.includes(told)) changes.push(told)
  }
  const published = await publishedIn(trx, campaignId)
  const inForce = registersOf((await within(trx)).definitions.of(campaignId)).map(({ name }) => name)
  const names = wanted.map(nameOfDefinition)
  for (const name of inForce) {
    if (names.includes(name)) continue
    const known = published.get(name)
    await publish(known ?? { extends: name }, 'forms', true)
  }
  // each after those its rows refer to; columns that count rows referring to it follow when these are there
  const open = new Map(wanted.map((definition, n) => [`forms.${n}`, definition]))
  const begun = new Set<string>()
  while (open.size > 0) {
    const { definitions } = await within(trx)
    const isAbsent = (name: string) => formOf(definitions.of(campaignId), name) === undefined
    const counts = (field: FieldDefinition) => isCountedOf(field, isAbsent)
    const ready = [...open].filter(([path, each]) => {
      const fields = fieldsOf(each)
      return !fields.some(({ to }) => to && isAbsent(to)) && !(begun.has(path) && fields.some(counts))
    })
    // registers that refer to each other in a circle: one begins without the columns that wait for the others
    const waiting = new Set([...open.values()].map(nameOfDefinition))
    const waits = ({ to }: FieldDefinition) => to !== undefined && isAbsent(to) && waiting.has(to)
    const breaking = [...open].filter(
      ([path, each]) => !begun.has(path) && !fieldsOf(each).some(({ to }) => to && isAbsent(to) && !waiting.has(to)),
    )
    const isBroken = ready.length === 0 && breaking.length > 0
    for (const [path, definition] of isBroken ? breaking.slice(0, 1) : ready.length > 0 ? ready : [...open]) {
      open.delete(path)
      const name = nameOfDefinition(definition)
      const current = published.get(name) ?? (inForce.includes(name) ? { extends: name } : undefined)
      if (current && canonicalText(current) === canonicalText(definition)) continue
      const isLeft = (field: FieldDefinition) => counts(field) || (isBroken && waits(field))
      const first = ready.length > 0 || isBroken ? withoutFields(definition, isLeft) : definition
      if (first !== definition) open.set(path, definition)
      begun.add(path)
      await publish(first, path, false)
    }
  }
  return changes
}

/** Errors of a definition, under the path where it stands in the package. */
function atPath(error: unknown, path: string): unknown {
  if (!(error instanceof Refusal) || !isRecord(error.body.errors)) return error
  const errors = Object.fromEntries(
    Object.entries(error.body.errors).map(([name, sentence]) => [`${path}.${name}`, sentence]),
  )
  return invalid(errors as Record<string, string>, '活动包里有几处要改，什么也没有写。')
}

/** A campaign of this year and name that is not there yet: the same package loaded again is another one. */
async function freeName(trx: Trx, { year, name }: PackageRow): Promise<string> {
  for (let n = 1; ; n++) {
    const wanted = n === 1 ? String(name ?? '') : `${name}（${n}）`
    const { rows } =
      await sql`select from campaigns c where c.year::text = ${String(year)} and c.name = ${wanted} and c.deleted_at is null`.execute(
        trx,
      )
    if (rows.length === 0) return wanted
  }
}

async function loadCampaign(
  trx: Trx,
  vocabulary: Vocabulary,
  person: Person,
  wanted: PackageRow,
  campaignId: number | undefined,
): Promise<LoadedPackage> {
  const relation = relationFor(vocabulary, person, 'campaigns')
  if (campaignId === undefined) {
    const name = await freeName(trx, wanted)
    const made = await createRows(trx, relation, person, [{ ...wanted, name }])
    refuse('campaign', made.faults)
    return { campaign_id: made.ids[0] ?? 0, changes: [`新建年度活动“${name}”，筹备中。`] }
  }
  const stored = await readOne(trx, relation, campaignId)
  const was = packageRow(relation.form, stored)
  const values = changedFields(relation.form, was, wanted, { year: Number(wanted.year) })
  if (Object.keys(values).length === 0) return { campaign_id: campaignId, changes: [] }
  refuse(
    'campaign',
    (await changeRows(trx, relation, person, [{ id: campaignId, version: stored.version, ...values }])).faults,
  )
  const changed = [{ id: campaignId, version: stored.version, values, was, name: String(was.name) }]
  return { campaign_id: campaignId, changes: sentencesOf(relation.form, { added: [], changed, gone: [] }) }
}

/**
 * Loads a package: into the campaign of this id, which becomes what the package says, or into a new one that is being
 * prepared. Answers what changed, as sentences. Throws the refusal of what the package says wrong, by path.
 */
export async function loadPackage(
  trx: Trx,
  within: Within,
  person: Person,
  content: CampaignPackage,
  campaignId?: number,
): Promise<LoadedPackage> {
  const loaded = await loadCampaign(trx, await within(trx), person, content.campaign, campaignId)
  const { campaign_id, changes } = loaded
  const collected = (content.collections ?? []).map(({ code, title }) => [String(code), String(title)] as const)
  changes.push(...(await loadForms(trx, within, campaign_id, content.forms, new Map(collected))))
  for (const section of sections) {
    const wanted = content[section] ?? []
    if (!sectionsIn((await within(trx)).definitions.of(campaign_id)).includes(section)) {
      if (wanted.length > 0) throw invalid({ [section]: `这个活动没有作品登记表，不能有 ${section}。` })
      continue
    }
    const part = { section, campaignId: campaign_id, wanted, year: Number(content.campaign.year) }
    changes.push(...(await loadSection(trx, await within(trx), person, part)))
  }
  const forms = (await within(trx)).definitions.of(campaign_id)
  changes.push(...(await loadTemplates(trx, campaign_id, forms, content.print_templates ?? [])))
  return loaded
}
