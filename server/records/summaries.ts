/**
 * What the rows of a list add up to, as a whole and group by group: the foot of a grid and its group headings. Scope,
 * filter and what may be looked at are those of the list (query.ts): a hidden or masked column is refused by name.
 */
import { Router } from 'express'
import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { badRequest, notFound, Refusal } from '../errors.ts'
import { fieldOf } from '../forms/index.ts'
import { asAsker, isId } from '../requests.ts'
import { whereOf } from './conditions.ts'
import { groupOf } from './order.ts'
import { campaignAsked, readListQuery } from './query.ts'
import { campaignOf, ownUnitFirst, relationFor } from './read.ts'
import { campaignIn, type Relation, typeOf, usable } from './relation.ts'
import { sharesIn } from './shares.ts'

const MAX_GROUPS = 2000
const MAX_COLUMNS = 40
/** Adding up a million rows takes a second or two; what takes longer than this was asked wrongly. */
const longest = '30s'

const kinds = ['count', 'sum', 'distinct'] as const
type SumKind = (typeof kinds)[number]
/** Column → what is asked of it: how many are filled, their sum, how many different ones. */
type RequestedSummaries = readonly (readonly [column: string, kind: SumKind])[]
type GroupSums = Record<string, number | null>
/** Rows of one value of what a list is grouped by. */
export type GroupSummary = { value: unknown; label: string | null; count: number; sums: GroupSums }

function readColumns(text: unknown): RequestedSummaries {
  if (text === undefined) return []
  let asked: unknown
  try {
    asked = JSON.parse(String(text))
  } catch {
    asked = null
  }
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked))
    throw badRequest('columns 应是 {"栏目":"sum"}。')
  const entries = Object.entries(asked)
  if (entries.length > MAX_COLUMNS) throw badRequest(`一次最多汇总 ${MAX_COLUMNS} 个栏目。`)
  for (const [, kind] of entries)
    if (!kinds.includes(kind as SumKind)) throw badRequest(`汇总只有 ${kinds.join('、')} 三种。`)
  return entries as [string, SumKind][]
}

/** One column as it is added up, over the table as `t`. */
function added(relation: Relation, column: string, kind: SumKind): RawBuilder<unknown> {
  const own = usable(relation, column, '汇总')
  const type = typeOf(relation, column)
  if (kind === 'sum' && !['integer', 'bigint', 'numeric'].includes(type))
    throw badRequest(`“${fieldOf(relation.form, column)?.label ?? column}”不是数字，不能合计。`)
  if (kind === 'sum') return sql`sum(${own})`
  return kind === 'count' ? sql`count(${own})::integer` : sql`count(distinct ${own})::integer`
}

const sumsOf = (relation: Relation, asked: RequestedSummaries) =>
  sql`json_build_object(${sql.join(asked.flatMap(([column, kind]) => [sql`${column}::text`, added(relation, column, kind)]))})`

const within = (trx: Trx) => sql`select set_config('statement_timeout', ${longest}, true)`.execute(trx)

type Filter = Record<string, unknown>
const fromOf = (relation: Relation, person: Person, filter: Filter) =>
  sql`from ${sql.table(relation.form.name)} t where ${whereOf(relation, filter)} ${ownUnitFirst(relation, person, { filter })}`

/** How many rows the filter finds, and what the asked columns add up to; null where there is nothing to add. */
async function summary(
  trx: Trx,
  relation: Relation,
  person: Person,
  filter: Filter,
  asked: RequestedSummaries,
): Promise<{ rows: number; sums: GroupSums }> {
  const statement = sql<{ rows: number; sums: GroupSums }>`
    select count(*)::integer as rows, ${sumsOf(relation, asked)} as sums ${fromOf(relation, person, filter)}`
  await within(trx)
  return (await statement.execute(trx)).rows[0] as { rows: number; sums: GroupSums }
}

/**
 * The groups of a list in the order in which a list sorted by the same `by` has them, those without a value last.
 * Throws 422 where there would be more than `maxGroups`.
 */
async function groups(
  trx: Trx,
  relation: Relation,
  person: Person,
  options: { filter: Filter; by: string; order: 'ASC' | 'DESC'; asked: RequestedSummaries },
): Promise<GroupSummary[]> {
  const { key, label, order } = groupOf(relation, options.by, '分组')
  const value = sql.ref('g.value')
  const places = order(value, sql.ref('g.campaign_id')).map((each) => sql`${each} ${sql.raw(options.order)} nulls last`)
  const statement = sql<GroupSummary>`
    select g.value, ${label ? label(value) : sql`null`} as label, g.count, g.sums
    from (select ${key} as value, max(${campaignIn(relation)}) as campaign_id, count(*)::integer as count, ${sumsOf(relation, options.asked)} as sums
      ${fromOf(relation, person, options.filter)} group by 1 limit ${MAX_GROUPS + 1}) g
    order by ${sql.join(places)}`
  await within(trx)
  const { rows } = await statement.execute(trx)
  if (rows.length <= MAX_GROUPS) return rows
  const name = options.by.split(':')[0] ?? ''
  const called = fieldOf(relation.form, name)?.label ?? name
  throw new Refusal(422, `按“${called}”分组会超过 ${MAX_GROUPS.toLocaleString('en')} 组。换一个栏目，或者先筛选。`)
}

/** GET /:form/summary?filter=…&columns=…, GET /:form/groups?by=…&order=…&filter=…&columns=…, GET /:form/shares?campaign_id=… */
export function summaryRoutes(database: Database): Router {
  const router = Router()
  router.get('/:form/summary', async (request, response) => {
    const { columns, ...rest } = request.query
    const { filter } = readListQuery(rest)
    const asked = readColumns(columns)
    response.json(
      await asAsker(database, response, (trx, person) =>
        summary(trx, relationFor(database, person, request.params.form, campaignAsked(filter)), person, filter, asked),
      ),
    )
  })
  router.get('/:form/groups', async (request, response) => {
    const { columns, by, order = 'ASC', ...rest } = request.query
    if (typeof by !== 'string' || !/^\w+(:\w+)?$/.test(by))
      throw badRequest('by 应是一个栏目，如 status 或 held_on:month。')
    if (order !== 'ASC' && order !== 'DESC') throw badRequest('order 应是 ASC 或 DESC。')
    const { filter } = readListQuery(rest)
    const asked = readColumns(columns)
    const found = await asAsker(database, response, (trx, person) =>
      groups(trx, relationFor(database, person, request.params.form, campaignAsked(filter)), person, {
        filter,
        by,
        order,
        asked,
      }),
    )
    response.json({ groups: found, rows: found.reduce((sum, group) => sum + group.count, 0) })
  })
  router.get('/:form/shares', async (request, response) => {
    const asked = request.query.campaign_id
    if (asked !== undefined && !isId(Number(asked))) throw badRequest('campaign_id 应是年度的编号。')
    const told = await asAsker(database, response, async (trx, person) => {
      const { id } = await campaignOf(trx, asked)
      const relation = relationFor(database, person, request.params.form, id)
      if (relation.form.scope !== 'unit' || person.role === 'juror') throw notFound()
      return sharesIn(trx, relation, person, id)
    })
    response.json(told)
  })
  return router
}
