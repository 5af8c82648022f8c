/**
 * Saved views of a form: what somebody looks at and how, under a name; private, or shared by the province. A reader
 * gets of a view what the reader's role may see of the form as it is today: the rest is left out, silently.
 */
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { wordsOf } from '../database/words.ts'
import { badRequest, forbidden, invalid, notFound, Refusal, versionMissing } from '../errors.ts'
import { fieldOf } from '../forms/index.ts'
import { asAsker, idOf, isRecord } from '../requests.ts'
import { relationFor } from './read.ts'
import type { Relation } from './relation.ts'

const MAX_VIEWS = 30
const MAX_LAYOUT_CHARS = 8000
const MAX_LISTED_VIEWS = 200

/** A layout as the admin's grid has it (admin/grid/types.ts, View); every part may be absent. */
type ViewLayout = {
  order?: string[]
  hidden?: string[]
  frozen?: string | null
  widths?: Record<string, number>
  sort?: { column: string; order: 'ASC' | 'DESC' }[]
  filter?: Record<string, unknown>
  group?: { column: string; step: string } | null
  summary?: Record<string, string>
  zoom?: number
}
export type SavedView = {
  id: number
  form: string
  name: string
  shared: boolean
  own: boolean
  /** Whose it is, by name; null for the reader's own. */
  by: string | null
  is_default: boolean
  version: number
  layout: ViewLayout
}

const isText = (value: unknown): value is string => typeof value === 'string'
/** Shown by the grid although no column of the table. */
const besides = ['reviewed_by_label']
const between = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most

/** What is typed into a filter cell, or picked: `{ values, label?, not? }`. */
const isEntry = (entry: unknown) =>
  isText(entry) ||
  (isRecord(entry) &&
    Array.isArray(entry.values) &&
    entry.values.length <= MAX_LISTED_VIEWS &&
    !entry.values.some(isRecord))

/** The parts of a layout that hold for this form and role. Nothing in it can make a page fail: what does not fit is left out. */
function fitting(layout: unknown, relation: Relation): ViewLayout {
  if (!isRecord(layout)) return {}
  const { seen } = relation.sight
  const isShown = (name: unknown): name is string => isText(name) && (seen.has(name) || besides.includes(name))
  const isUsable = (name: unknown): name is string => isText(name) && seen.has(name) && seen.get(name)?.by !== 'mask'
  const names = (value: unknown) => (Array.isArray(value) ? value.filter(isShown) : undefined)
  const pairs = (value: unknown, keep: (name: string, value: unknown) => boolean) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([name, each]) => keep(name, each))) : undefined
  const { order, hidden, frozen, widths, sort, filter, group, summary, zoom } = layout
  const found = {
    order: names(order),
    hidden: names(hidden),
    frozen: frozen === null || isShown(frozen) ? frozen : undefined,
    widths: pairs(widths, (name, width) => isShown(name) && between(width, 20, 2000)),
    sort: Array.isArray(sort)
      ? sort.filter((each) => isRecord(each) && isUsable(each.column) && ['ASC', 'DESC'].includes(String(each.order)))
      : undefined,
    filter: pairs(filter, (name, entry) => (name === 'q' ? isText(entry) : isUsable(name) && isEntry(entry))),
    group:
      isRecord(group) && isUsable(group.column) && ['group', 'day', 'month', 'year'].includes(String(group.step))
        ? { column: group.column, step: group.step }
        : undefined,
    summary: pairs(summary, (name, kind) => isUsable(name) && ['count', 'sum', 'distinct'].includes(String(kind))),
    zoom: between(zoom, 50, 200) ? zoom : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as ViewLayout
}

/** A name and a layout as sent; 422 with a sentence a field. */
function readView(body: Record<string, unknown>, relation: Relation): { name: string; layout: ViewLayout } {
  const name = isText(body.name) ? body.name.replace(/\s+/g, ' ').trim() : ''
  const errors: Record<string, string> = {}
  if (!name || [...name].length > 40) errors.name = '视图的名称写 1 到 40 字。'
  if (!isRecord(body.layout)) errors.layout = '这个视图没有读懂，请刷新页面再存。'
  else if (JSON.stringify(body.layout).length > MAX_LAYOUT_CHARS)
    errors.layout = '这个视图记的内容太多，请去掉一些筛选再存。'
  if (Object.keys(errors).length > 0) throw invalid(errors, Object.values(errors)[0])
  return { name, layout: fitting(body.layout, relation) }
}

/** A search one has typed, or what is private and filtered by, may name a person of another unit: it is not for everybody. */
const withoutPeople = ({ filter = {}, ...layout }: ViewLayout, { form }: Relation): ViewLayout => ({
  ...layout,
  filter: Object.fromEntries(Object.entries(filter).filter(([name]) => name !== 'q' && !fieldOf(form, name)?.private)),
})

type StoredView = Omit<SavedView, 'own' | 'by' | 'is_default'> & { owner_id: number }

const listed = async (trx: Trx, relation: Relation, person: Person, id?: number): Promise<SavedView[]> => {
  const { name: form } = relation.form
  const found = await sql<SavedView>`
    select v.id, v.form, v.name, v.shared, v.owner_id = ${person.id} as own, v.version, v.layout,
      case when v.owner_id <> ${person.id} then app.user_label(v.owner_id) end as by,
      exists (select from view_defaults d where d.user_id = ${person.id} and d.view_id = v.id) as is_default
    from views v where v.form = ${form} and ${id === undefined ? sql`true` : sql`v.id = ${id}`}
    order by v.shared desc, v.name, v.id`.execute(trx)
  return found.rows.map((view) => ({ ...view, layout: fitting(view.layout, relation) }))
}

async function refuseTaken(
  trx: Trx,
  person: Person,
  view: { form: string; name: string; shared: boolean; id?: number },
) {
  // One at a time a person, so that the limit and the name hold for two windows as well.
  await sql`select pg_advisory_xact_lock(hashtext('app.views'), ${person.id})`.execute(trx)
  const found = await sql<{ same: number; many: number }>`
    select count(*) filter (where v.name = ${view.name} and v.owner_id = ${person.id})::integer as same,
      count(*) filter (where v.shared = ${view.shared} and (v.shared or v.owner_id = ${person.id}))::integer as many
    from views v where v.form = ${view.form} and v.id <> ${view.id ?? 0}`.execute(trx)
  const { same = 0, many = 0 } = found.rows[0] ?? {}
  if (same > 0) throw invalid({ name: `已经有一个叫“${view.name}”的视图，换一个名称。` })
  if (many >= MAX_VIEWS)
    throw invalid({ name: `每张表最多存 ${MAX_VIEWS} 个${view.shared ? '共享' : ''}视图，请先删去几个。` })
}

const bodyOf = (body: unknown) => {
  if (!isRecord(body)) throw badRequest('应是 {"name":"…","layout":{…}}。')
  return body
}

/** The view by its id, if it is the person's to change. */
async function changeable(trx: Trx, person: Person, id: number, version: unknown): Promise<StoredView> {
  const found = await sql<StoredView>`select v.* from views v where v.id = ${id}`.execute(trx)
  const view = found.rows[0]
  if (!view) throw notFound('没有这个视图，或者它没有共享给您。')
  if (view.owner_id !== person.id && person.role !== 'province')
    throw forbidden(`共享的视图由${(await wordsOf(trx)).lead_short}维护。可以另存一份自己的。`)
  if (version === undefined || version === null || version === '') throw versionMissing()
  if (Number(version) !== view.version)
    throw new Refusal(409, '这个视图刚被改过，请先打开现在的样子，再改。', { row: view })
  return view
}

/**
 * GET /views?form=…; POST /views { form, name, layout, shared? }; PUT /views/:id { version, name?, layout?, shared? };
 * DELETE /views/:id?version=…; PUT /views/default { form, view_id } with null for none.
 */
export function viewRoutes(database: Database): Router {
  const router = Router()
  const run = <T>(response: Response, fn: (trx: Trx, person: Person) => Promise<T>) =>
    asAsker(database, response, (trx, person) => {
      if (person.role === 'juror') throw forbidden()
      return fn(trx, person)
    })
  const relationOf = (person: Person, form: unknown) => relationFor(database, person, String(form ?? ''))
  const one = async (trx: Trx, person: Person, form: string, id: number) =>
    (await listed(trx, relationOf(person, form), person, id))[0]

  router.get('/views', async (request, response) => {
    response.json(await run(response, (trx, person) => listed(trx, relationOf(person, request.query.form), person)))
  })

  router.post('/views', async (request, response) => {
    const body = bodyOf(request.body)
    const made = await run(response, async (trx, person) => {
      const relation = relationOf(person, body.form)
      const { name, layout } = readView(body, relation)
      const shared = body.shared === true
      if (shared && person.role !== 'province') throw forbidden(`只有${(await wordsOf(trx)).lead_short}可以共享视图。`)
      const form = relation.form.name
      await refuseTaken(trx, person, { form, name, shared })
      const kept = JSON.stringify(shared ? withoutPeople(layout, relation) : layout)
      const found = await (shared
        ? sql<{
            id: number
          }>`insert into views (form, name, layout, shared) values (${form}, ${name}, ${kept}::jsonb, true) returning id`
        : sql<{
            id: number
          }>`insert into views (form, name, layout) values (${form}, ${name}, ${kept}::jsonb) returning id`
      ).execute(trx)
      return one(trx, person, form, found.rows[0]?.id ?? 0)
    })
    response.status(201).json(made)
  })

  router.put('/views/default', async (request, response) => {
    const { form, view_id } = bodyOf(request.body)
    await run(response, async (trx, person) => {
      const { name } = relationOf(person, form).form
      await sql`delete from view_defaults where form = ${name}`.execute(trx)
      if (view_id === null) return
      const id = idOf(view_id)
      const found = await sql`select from views where id = ${id} and form = ${name}`.execute(trx)
      if (found.rows.length === 0) throw notFound('没有这个视图，或者它没有共享给您。')
      await sql`insert into view_defaults (form, view_id) values (${name}, ${id})`.execute(trx)
    })
    response.json({ form, view_id })
  })

  router.put('/views/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const body = bodyOf(request.body)
    const changed = await run(response, async (trx, person) => {
      const view = await changeable(trx, person, id, body.version)
      const relation = relationOf(person, view.form)
      const { name, layout } = readView({ name: view.name, layout: view.layout, ...body }, relation)
      const shared = body.shared === undefined ? view.shared : body.shared === true
      if (shared !== view.shared) {
        if (person.role !== 'province') throw forbidden(`只有${(await wordsOf(trx)).lead_short}可以共享视图。`)
        if (view.owner_id !== person.id) throw forbidden('这个视图是别人共享的，由本人收回。')
      }
      await refuseTaken(trx, person, { form: view.form, name, shared, id })
      const kept = JSON.stringify(shared ? withoutPeople(layout, relation) : layout)
      const sharing = shared === view.shared ? sql`` : sql`, shared = ${shared}`
      await sql`update views set name = ${name}, layout = ${kept}::jsonb, version = version + 1 ${sharing} where id = ${id}`.execute(
        trx,
      )
      return one(trx, person, view.form, id)
    })
    response.json(changed)
  })

  router.delete('/views/:id', async (request, response) => {
    const id = idOf(request.params.id)
    await run(response, async (trx, person) => {
      await changeable(trx, person, id, request.query.version)
      await sql`delete from views where id = ${id}`.execute(trx)
    })
    response.json({ id })
  })
  return router
}
