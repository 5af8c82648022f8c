/**
 * The papers a person can take out, made within the person's transaction: the blank form of a register, its rows as the
 * list shows them, annexes 1 and 2, the progress. What a role does not see is not on them, what is masked for it is masked
 * there; layouts are in workbook/, sending them is routes.ts, freezing them server/filings.
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import type { Words } from '../database/words.ts'
import { notFound } from '../errors.ts'
import {
  annexOf,
  collectionField,
  countOf,
  entryForm,
  type Form,
  type Forms,
  inMeasure,
  isShared,
} from '../forms/index.ts'
import { formColumns } from '../forms/paper/columns.ts'
import type { CellValue, SheetLayout } from '../forms/paper/layout.ts'
import { formLayout } from '../forms/paper/printed.ts'
import { metricsIn } from '../records/counting.ts'
import type { ListQuery } from '../records/query.ts'
import { campaignOf } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { isId } from '../requests.ts'
import { annexOne, annexTwo, progressLayout, progressRow } from '../workbook/annexes.ts'
import { fileName } from '../workbook/names.ts'
import { tokenColumn } from '../workbook/tokens.ts'
import { type Batches, blankRows, type WriteOptions, type WrittenRows } from '../workbook/write.ts'
import { type MetricHead, progress } from './progress.ts'
import { latestTotals, namesFor, ownUnit, rowsOf, seenBy, showsUnits } from './rows.ts'

/** A paper ready to be written: `name` as offices name the file, `plain` for programs that know only ASCII. */
export type LaidPaper = { layout: SheetLayout; rows: Batches; options?: WriteOptions; name: string; plain: string }
type PaperContext = { campaign_id: number; year: number; today: string; unit: string | null; words: Words }

/** Year, day and reporting unit of a paper: the unit asked for, else the person's; the internet office has no row of its own. */
export async function frameOf(trx: Trx, person: Person, campaign?: number, unit?: number): Promise<PaperContext> {
  const { id, year } = await campaignOf(trx, campaign)
  const unitId = unit ?? person.unit_id
  const found = await sql<{ today: string; unit: string | null; words: Words }>`
    select app.today(${id})::text as today, app.words(${id}) as words, (select u.name from units u
      where ${unitId === null ? sql`u.kind in (select k.name from unit_kinds k where k.duty = 'oversees' and k.deleted_at is null)` : sql`u.id = ${unitId}`} order by u.id limit 1) as unit`.execute(
    trx,
  )
  const { today, unit: name, words } = found.rows[0] as (typeof found.rows)[number]
  return { campaign_id: id, year, today, unit: name, words }
}

/** 2019-08-26 → 2019年8月26日 */
const inWords = (on: string) => on.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$1年$2月$3日')

const plainName = (form: Form, what: string) => `${form.annex ? `annex-${form.annex}` : form.name}-${what}.xlsx`

// A form ------------------------------------------------------------------------------------------------------------

/** The relation as the paper of one collection has it, where the rows asked for are of one and it has columns of its own. */
async function ofCollection(trx: Trx, relation: Relation, filter: ListQuery['filter']): Promise<Relation> {
  const { form } = relation
  const asked = [filter[collectionField(form) ?? ''] ?? []].flat()
  if (asked.length !== 1 || !isId(asked[0]) || !form.fields.some(({ entry }) => entry)) return relation
  const found = await sql<{ code: string; title: string }>`
    select c.code, c.title from collections c where c.id = ${asked[0]} and c.deleted_at is null`.execute(trx)
  const collection = found.rows[0]
  return collection ? { ...relation, form: entryForm(form, collection.code, collection.title) } : relation
}

/** The blank form of a campaign, else of the one everybody begins with; of one collection, where the filter names it. */
export async function makeTemplate(
  trx: Trx,
  given: Relation,
  person: Person,
  { campaignId, filter }: { campaignId: number | undefined; filter: ListQuery['filter'] },
): Promise<LaidPaper> {
  const frame = await frameOf(trx, person, campaignId)
  const relation = await ofCollection(trx, given.in(frame.campaign_id) ?? given, filter)
  const { form } = relation
  const names = await namesFor(trx, relation, person, frame.campaign_id)
  const columns = formColumns(form, { sees: seenBy(relation, person), with_unit: false, names })
  const reported = form.scope === 'unit' ? { unit: frame.unit ?? '', by: '', on: '    年  月  日' } : undefined
  const year = form.scope === 'global' ? undefined : frame.year
  const layout = formLayout({ form, columns, year, reported, to_fill: true })
  return {
    layout,
    rows: blankRows(layout),
    name: fileName({ annex: annexOf(form), title: `${titleOf(form, year)}（空表）` }),
    plain: plainName(form, 'template'),
  }
}

const titleOf = (form: Form, year?: number) => `${year === undefined ? '' : `${year}年`}${form.title}`

/**
 * A register on paper before its rows: the columns the person sees, laid out, and what the file is called. With tokens
 * the workbook can be edited and uploaded again (see workbook/tokens.ts).
 */
export async function registerPaper(trx: Trx, given: Relation, person: Person, query: ListQuery, withToken = false) {
  const relation = await ofCollection(trx, given, query.filter)
  const { form } = relation
  const { campaign_id: campaign, unit_id: unit } = query.filter
  const frame = await frameOf(trx, person, isId(campaign) ? campaign : undefined, isId(unit) ? unit : undefined)
  const withUnit = await showsUnits(trx, relation, person, query)
  const names = await namesFor(trx, relation, person, frame.campaign_id, withUnit)
  const columns = formColumns(form, {
    sees: seenBy(relation, person),
    with_unit: withUnit,
    ...(withToken && { token: tokenColumn(form) }),
    names,
  })
  const by = person.role === 'clerk' ? person.name : ''
  const reported = form.scope === 'unit' ? { unit: frame.unit ?? '', by, on: inWords(frame.today) } : undefined
  const year = form.scope === 'global' ? undefined : frame.year
  const layout = formLayout({ form, columns, year, reported, to_fill: false })
  const totals = form.series && layout.total ? await latestTotals(trx, relation, query, columns) : undefined
  return {
    frame,
    columns,
    layout,
    own_unit: ownUnit(relation, person, query, withUnit),
    ...(totals ? { options: { totals } } : {}),
    name: fileName({
      annex: annexOf(form),
      unit: frame.unit ?? undefined,
      title: titleOf(form, year),
      on: frame.today,
    }),
    plain: plainName(form, frame.today.replaceAll('-', '')),
  }
}

export async function makeExport(trx: Trx, relation: Relation, person: Person, query: ListQuery): Promise<LaidPaper> {
  const { frame: _, columns, own_unit, ...paper } = await registerPaper(trx, relation, person, query, true)
  return { ...paper, rows: rowsOf(trx, relation, query, columns, own_unit) }
}

// Annexes -----------------------------------------------------------------------------------------------------------

/** The units of annex 1 in its order, with a column for each task they have; units it does not print have no row, whatever their quota. */
export async function makeAnnexOne(trx: Trx, form: Form, frame: PaperContext): Promise<LaidPaper> {
  const found = await sql<{ unit: string; quotas: Record<string, number | null> }>`
    select u.short_name as unit, to_jsonb(q) as quotas
    from participations p join units u on u.id = p.unit_id
    join quotas q on q.unit_id = p.unit_id and q.campaign_id = p.campaign_id and q.deleted_at is null
    where p.campaign_id = ${frame.campaign_id} and p.annex_order is not null and p.deleted_at is null order by p.annex_order`.execute(
    trx,
  )
  const given = (await metricsIn(trx, frame.campaign_id)).filter(({ has_quota }) => has_quota)
  if (given.length === 0) throw notFound('这个年度没有任务分配，没有这张表。')
  const used = given.filter(({ name }) => found.rows.some(({ quotas }) => typeof quotas[name] === 'number'))
  const tasks = used.length > 0 ? used : given
  const rows = found.rows.map(({ unit, quotas }) => [unit, ...tasks.map(({ name }) => quotas[name] ?? null)])
  const title = `${frame.year} 年${form.title}`
  return annexFile(
    annexOne(
      title,
      tasks.map(({ label }) => label),
    ),
    [rows],
    frame,
    {
      annex: annexOf(form),
      title: titleOf(form, frame.year),
      plain: 'annex-1',
    },
  )
}

export async function makeAnnexTwo(trx: Trx, form: Form, frame: PaperContext): Promise<LaidPaper> {
  const found = await sql<{ row: CellValue[] }>`
    select json_build_array(c.title, c.content, u.name, c.entrance) as row from collections c join units u on u.id = c.host_unit_id
    where c.campaign_id = ${frame.campaign_id} and c.deleted_at is null order by c.code, c.id`.execute(trx)
  return annexFile(annexTwo(), [found.rows.map(({ row }) => row)], frame, {
    annex: '附件2',
    title: titleOf(form, frame.year),
    plain: 'annex-2',
  })
}

export async function makeProgress(trx: Trx, forms: Forms, frame: PaperContext): Promise<LaidPaper> {
  const { metrics, province, units } = await progress(trx, forms, frame.campaign_id)
  const columns = metrics
    .map((metric) => ({ ...metric, is_task: isShared(units, metric.name) }))
    .sort((a, b) => Number(b.is_task) - Number(a.is_task))
  const rows = units
    .filter((unit) => unit.annex_order !== null || hasCounts(unit, columns))
    .map((unit) => progressRow(unit.unit, unit, columns))
  const [, ...totals] = progressRow('', province, columns)
  const title = `${frame.year}年${forms.quotas?.title.replace(/\s/g, '').replace(/分配表$/, '')}完成情况`
  return {
    ...annexFile(progressLayout(title, columns, notesOn(province, columns, frame)), [rows], frame, {
      title,
      plain: 'progress',
    }),
    options: { totals: [null, ...totals] as (number | null)[] },
  }
}

/** A unit that annex 1 does not name has a row when it has a task of its own or has done something. */
const hasCounts = (unit: object, columns: readonly { name: string; is_task: boolean }[]) =>
  columns.some(({ name, is_task }) => {
    const { target, done } = countOf(unit, name)
    return done > 0 || (is_task && Boolean(target))
  })

/** Tasks that no unit has alone stand below the table. */
function notesOn(
  all: object,
  columns: readonly (MetricHead & { is_task: boolean })[],
  { today, words }: PaperContext,
): string[] {
  const targets = columns.flatMap((metric) => {
    const { target } = countOf(all, metric.name)
    return target && !metric.is_task ? `${metric.label}任务 ${inMeasure(target, metric)}` : []
  })
  const together = targets.length ? `${targets.join('，')}，由${words.area}共同完成。` : ''
  return [`注：截至${inWords(today)}，只计审核通过的记录。${together}`]
}

type PaperNames = { annex?: string; title: string; plain: string }

const annexFile = (
  layout: SheetLayout,
  rows: WrittenRows[],
  { unit, today }: PaperContext,
  { annex, title, plain }: PaperNames,
): LaidPaper => ({
  layout,
  rows,
  name: fileName({ annex, unit: unit ?? undefined, title, on: today }),
  plain: `${plain}-${today.replaceAll('-', '')}.xlsx`,
})
