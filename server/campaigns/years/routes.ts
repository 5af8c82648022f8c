/** The turn of the year over HTTP: the next campaign out of one, looked at and made; and the rows a unit is offered again. */
import { type Request, type Response, Router } from 'express'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { badRequest, forbidden, invalid } from '../../errors.ts'
import { type Row, registersOf } from '../../forms/index.ts'
import { formIn } from '../../records/read.ts'
import { asAsker, idOf, isId, isRecord } from '../../requests.ts'
import { loadPackage } from '../packages/loading.ts'
import { readPackage } from '../packages/package.ts'
import { packageOf, storedSection } from '../packages/reading.ts'
import { carriable, carriedRows, carry, confirmCarried, offerAgain, refuseCarried } from './carried.ts'
import { type NextYear, nextYear } from './next_year.ts'
import type { AnnexMetric, YearChoices } from './turn.ts'

const MAX_NAMES = 1_000
const MAX_IDS = 500
const MAX_COLUMNS = 50
const MAX_FACTOR = 10

/** What the page shows before anything is made: beside the package what a person has to say, and what could be carried over. */
export type YearPreview = NextYear & {
  carriable: { form: string; label: string; measure: string; rows: number }[]
  /** Short names of the units that take part, and of those of the installation that do not yet. */
  units: string[]
  others: string[]
}

type ListName = 'leaving' | 'joining' | 'dropped' | 'left_out' | 'carried'
const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= MAX_NAMES && value.every((each) => typeof each === 'string')

const isAnnex = (value: unknown): value is AnnexMetric[] =>
  Array.isArray(value) &&
  value.length <= MAX_COLUMNS &&
  value.every(
    (column) =>
      isRecord(column) &&
      typeof column.label === 'string' &&
      Array.isArray(column.quotas) &&
      column.quotas.length <= MAX_NAMES &&
      column.quotas.every(
        (quota) =>
          isRecord(quota) &&
          typeof quota.unit === 'string' &&
          Number.isSafeInteger(quota.value) &&
          Number(quota.value) >= 0,
      ),
  )

/** Choices as somebody sent them, what is left out copied as it was; 422 with a sentence for each that cannot be one. */
function readChoices(body: unknown, firstYear: number): YearChoices & { carried: string[] } {
  if (!isRecord(body)) throw badRequest('应是 {"year":…}。')
  const year = Number(body.year)
  const lists = { leaving: [], joining: [], dropped: [], left_out: [], carried: [] } as Record<ListName, string[]>
  const errors: Record<string, string> = {}
  if (!Number.isInteger(year) || year < firstYear || year > 2100) errors.year = `年度应是 ${firstYear} 或以后的一年。`
  if (body.days !== undefined && body.days !== 'date' && body.days !== 'weekday')
    errors.days = '日期按 date 或 weekday 顺延。'
  if (body.quotas !== undefined && !['copied', 'scaled', 'annex', 'none'].includes(String(body.quotas)))
    errors.quotas = '任务可选 copied、scaled、annex、none。'
  const annex = body.annex ?? []
  if (!isAnnex(annex)) errors.annex = 'annex 应是 [{"label":"指标","quotas":[{"unit":"单位","value":数}]}]。'
  else if (body.quotas === 'annex' && annex.length === 0) errors.annex = '附件1 里没有读出任务，请换一个文件。'
  const factor = body.factor === undefined ? 1 : Number(body.factor)
  if (!(factor > 0 && factor <= MAX_FACTOR)) errors.factor = `比例应大于 0，不超过 ${MAX_FACTOR}。`
  for (const name of Object.keys(lists) as ListName[]) {
    const given = body[name] ?? []
    if (isNames(given)) lists[name] = given
    else errors[name] = `${name} 应是一列名称，最多 ${MAX_NAMES} 个。`
  }
  const answers = body.answers ?? {}
  if (!isRecord(answers) || !Object.values(answers).every((each) => typeof each === 'string'))
    errors.answers = 'answers 应是 {"问题":"回答"}。'
  if (Object.keys(errors).length > 0) throw invalid(errors)
  return {
    ...lists,
    year,
    days: (body.days ?? 'date') as YearChoices['days'],
    quotas: (body.quotas ?? 'copied') as YearChoices['quotas'],
    factor,
    annex: annex as AnnexMetric[],
    answers: answers as Record<string, string>,
  }
}

/** What a year is made from: a campaign there is, or a package that somebody sent, which may be of the very year. */
type YearOrigin = { id: number } | { sent: unknown }

/** The next year of a campaign or a package, as chosen. */
async function preview(trx: Trx, database: Database, person: Person, source: YearOrigin, body: unknown) {
  if (person.role !== 'province') throw forbidden('只有活动的主办方能新建年度。')
  // a package speaks of registers itself; what it adjusts is built in
  const id = 'id' in source ? source.id : 0
  const was = 'id' in source ? await packageOf(trx, database, person, id) : readPackage(source.sent)
  const choices = readChoices(body, Number(was.campaign.year) + ('id' in source ? 1 : 0))
  const { rows } = await storedSection(trx, database, person, 'units', id)
  const known = rows.map(({ row }) => row)
  const names = new Set(known.map(({ short_name }) => String(short_name)))
  const unknown = choices.joining.find((unit) => !names.has(unit))
  if (unknown !== undefined)
    throw invalid({ joining: `没有“${unknown.slice(0, 40)}”这个单位，请先在“填报单位”里加上。` })
  const own = was.forms.flatMap((form) => ('label' in form && 'name' in form ? [[form.name, form.label] as const] : []))
  const labelled = (named: readonly { name: string; label: string }[]) =>
    Object.fromEntries(named.map(({ name, label }) => [name, label]))
  const labels = {
    registers: { ...labelled(registersOf(database.definitions.of(id))), ...Object.fromEntries(own) },
    campaign: labelled(formIn(database, 'campaigns', id).fields),
  }
  const next = nextYear(was, choices, known, labels)
  const units = (was.participations ?? []).map(({ unit_id }) => String(unit_id))
  const carried = 'id' in source ? await carriable(trx, database, id) : []
  return { choices, next, units, others: [...names].filter((name) => !units.includes(name)), carriable: carried }
}

const campaignIn = (value: unknown): number => {
  const id = Number(value)
  if (!isId(id)) throw badRequest('campaign_id 应是年度的编号。')
  return id
}

/** The rows somebody named; 400 where they are no ids. */
function readIds(body: unknown): { campaign_id: number; ids: number[]; values: Row } {
  const { campaign_id, ids, values = {} } = isRecord(body) ? body : {}
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_IDS || !ids.every(isId))
    throw badRequest(`ids 应是 1 到 ${MAX_IDS} 个编号。`)
  if (!isRecord(values)) throw badRequest('values 应是 {"栏目":值}。')
  return { campaign_id: campaignIn(campaign_id), ids: [...new Set(ids)], values: values as Row }
}

/** POST /campaigns/:id/next_year?check=1; POST /campaigns/next_year?check=1, out of the `package` of the body. */
function nextYearRoutes(router: Router, database: Database) {
  async function turn({ query, body }: Request, response: Response, source: YearOrigin) {
    if (query.check === '1') {
      const shown = await asAsker(database, response, async (trx, person): Promise<YearPreview> => {
        const { next, choices: _, ...beside } = await preview(trx, database, person, source, body)
        return { ...next, ...beside }
      })
      return void response.json(shown)
    }
    const made = await asAsker(database, response, async (trx, person) => {
      const { next, choices } = await preview(trx, database, person, source, body)
      const open = next.questions.filter(({ answer }) => answer === null)
      if (open.length > 0)
        throw invalid(
          Object.fromEntries(open.map((question) => [question.id, question.says])),
          `还有 ${open.length} 处没有定：${open.map(({ about }) => about).join('、')}。`,
        )
      const loaded = await loadPackage(trx, database.within, person, next.package)
      const forms = choices.carried.filter((name) => !choices.left_out.includes(name))
      const { campaign_id } = loaded
      if ('id' in source) await carry(trx, await database.within(trx), { campaign_id, from: source.id, forms })
      return loaded
    })
    response.status(201).json(made)
  }
  router.post('/campaigns/next_year', (request, response) =>
    turn(request, response, { sent: isRecord(request.body) ? request.body.package : undefined }),
  )
  router.post('/campaigns/:id/next_year', (request, response) =>
    turn(request, response, { id: idOf(request.params.id) }),
  )
}

/** GET, POST, DELETE /:form/carried: what is offered of an earlier year, confirmed, turned down, offered again. */
function carriedRoutes(router: Router, database: Database) {
  const run = <T>(response: Response, fn: (trx: Trx, person: Person) => Promise<T>) => asAsker(database, response, fn)
  router.get('/:form/carried', async ({ params, query }, response) => {
    const id = campaignIn(query.campaign_id)
    response.json(await run(response, (trx, person) => carriedRows(trx, database, person, params.form, id)))
  })
  router.post('/:form/carried', async ({ params, body }, response) => {
    const given = readIds(body)
    const made = await run(response, (trx, person) => confirmCarried(trx, database, person, params.form, given))
    response.status(201).json(made)
  })
  router.post('/:form/carried/refusals', async ({ params, body }, response) => {
    const given = readIds(body)
    response.json(await run(response, (trx, person) => refuseCarried(trx, database, person, params.form, given)))
  })
  router.delete('/:form/carried/refusals', async ({ params, query }, response) => {
    const id = campaignIn(query.campaign_id)
    response.json(await run(response, (trx, person) => offerAgain(trx, database, person, params.form, id)))
  })
}

export function yearRoutes(database: Database): Router {
  const router = Router()
  for (const routes of [nextYearRoutes, carriedRoutes]) routes(router, database)
  return router
}
