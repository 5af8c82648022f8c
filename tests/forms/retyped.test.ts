/** What was made of a register before a column got another type: workbooks, saved views, checked imports, operations. */
import type ExcelJS from 'exceljs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changedTalks, publish, talks, workOn } from '../support/designs.ts'
import { ended, operate, turn } from '../support/operating.ts'
import { fetched, opened, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let desk: ReturnType<typeof workOn>
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  desk = workOn(world, province, hefei)
})
afterAll(() => world?.close())

const numbers = changedTalks({ people: { type: 'integer' }, held_on: { type: 'date' } })
/** A register of its own for each test, as texts and with the types it gets. */
const registers = (name: string) =>
  [talks, numbers].map((each) => ({ ...talks, ...each, name, label: name, annex: null })) as [object, object]

/** Writes into the row of a workbook that holds `title`, under a heading. */
function write(sheet: ExcelJS.Worksheet, title: string, heading: string, value: string) {
  let column = 0
  sheet.eachRow((line, n) => {
    line.eachCell((cell, at) => {
      if (n < 8 && cell.text.replace(/[*＊]/g, '') === heading) column = at
    })
    if ((line.values as unknown[]).map(String).includes(title)) line.getCell(column).value = value
  })
}

test('a workbook of the older type is merged cell by cell, whatever was written since, and back again', async () => {
  const [texts, typed] = registers('merged')
  await publish(province, world, texts)
  const [still, mine, theirs, both] = [
    await desk.make({ title: '没人动', people: '1,200', held_on: '2019年6月18日' }, 'merged'),
    await desk.make({ title: '我改', people: '10' }, 'merged'),
    await desk.make({ title: '人家改', people: '1,100', held_on: '2019年6月1日' }, 'merged'),
    await desk.make({ title: '都改', people: '10' }, 'merged'),
  ]
  const export_ = async () =>
    fetched(hefei, '/merged/export.xlsx', { filter: { campaign_id: world.campaign_id, unit_id: world.units.合肥 } })
  const bytes = await export_()
  // before the type changes, and after it
  await hefei.put(`/merged/${theirs.id}`, { version: 1, people: '1,300' }).expect(200)
  await publish(province, world, typed)
  await hefei.put(`/merged/${both.id}`, { version: 1, people: 20 }).expect(200)
  await hefei.put(`/merged/${theirs.id}`, { version: 2, held_on: '2019-06-02' }).expect(200)
  const book = await opened(bytes)
  const sheet = book.worksheets[0] as ExcelJS.Worksheet
  write(sheet, '我改', '人数', '11')
  write(sheet, '都改', '人数', '30')
  const edited = Buffer.from(await book.xlsx.writeBuffer())
  const told = (await hefei.upload('/merged/imports', edited, '旧.xlsx')).body
  expect(told, JSON.stringify(told).slice(0, 600)).toMatchObject({
    rows: 4,
    update: 1,
    conflicts: 1,
    wrong: 0,
    create: 0,
  })
  const [conflict] = (await hefei.get(`/imports/${told.id}/rows`, { filter: { kind: 'conflict' } }).expect(200)).body
  await hefei
    .patch(`/imports/${told.id}/rows`, { choices: [{ n: conflict.n, field: 'people', choice: 'theirs' }] })
    .expect(200)
  await hefei.post(`/imports/${told.id}/apply`, {}).expect(200)
  expect(await desk.read(still.id, 'merged')).toMatchObject({ people: 1200, held_on: '2019-06-18', version: 1 })
  expect(await desk.read(mine.id, 'merged')).toMatchObject({ people: 11 })
  expect(await desk.read(theirs.id, 'merged')).toMatchObject({ people: 1300, held_on: '2019-06-02' })
  expect(await desk.read(both.id, 'merged')).toMatchObject({ people: 20 })

  const numbersBook = await export_()
  await publish(province, world, texts)
  const again = (await hefei.upload('/merged/imports', numbersBook, '数.xlsx')).body
  expect(again, JSON.stringify(again).slice(0, 600)).toMatchObject({ update: 0, conflicts: 0, wrong: 0, create: 0 })
})

test('a saved view keeps its filter, which is told in a sentence where it can’t be understood', async () => {
  const [texts, typed] = registers('viewed')
  await publish(province, world, texts)
  await desk.make({ title: '甲', people: '80' }, 'viewed')
  const layout = { filter: { people: '约80人', title: '甲' }, sort: [{ column: 'people', order: 'ASC' }] }
  await hefei.post('/views', { form: 'viewed', name: '八十人', layout }).expect(201)
  await publish(province, world, typed)
  const [view] = (await hefei.get('/views', { form: 'viewed' }).expect(200)).body
  expect(view.layout).toEqual(layout)
  const refused = await hefei.get('/viewed', { filter: { people: '约80人' } }).expect(400)
  expect(refused.body.message).toBe('“人数”不能和“约80人”比较。')
  const held = await hefei.get('/viewed', { filter: { people_like: '80' }, sort: ['people', 'ASC'] }).expect(200)
  expect(held.body).toHaveLength(1)
})

test('an import that was checked before is checked again, and then written in the new type', async () => {
  const [texts, typed] = registers('checked')
  await publish(province, world, texts)
  const rows = [['名称', '人数'], ...Array.from({ length: 300 }, (_, n) => [`第${n}场`, n === 7 ? '约80人' : `${n}人`])]
  const { body: told } = await hefei.upload('/checked/imports', await workbookOf({ 表: rows }), '表.xlsx')
  expect(told).toMatchObject({ create: 300, wrong: 0 })
  await publish(province, world, typed)
  const applied = await hefei.post(`/imports/${told.id}/apply`, {})
  expect(applied.status, applied.body.message).toBe(409)
  expect(applied.body.message).toMatch(/[。！]$/)
  const { body: again } = await hefei.upload('/checked/imports', await workbookOf({ 表: rows }), '表.xlsx')
  expect(again).toMatchObject({ create: 299, wrong: 1 })
  const errors = (await opened(await fetched(hefei, `/imports/${again.id}/errors.xlsx`))).worksheets[0]
  expect(errors?.rowCount).toBeGreaterThan(1)
  await hefei.post(`/imports/${again.id}/apply`, { only_valid: true }).expect(200)
  const listed = await hefei.get('/checked', { filter: { people_gte: 299 } }).expect(200)
  expect(listed.body).toMatchObject([{ title: '第299场', people: 299 }])
})

test('an operation and its undo that run while a column gets another type lose nothing', async () => {
  const [texts, typed] = registers('operated')
  await publish(province, world, texts)
  await world.owner(
    `insert into operated (campaign_id, unit_id, title, people) select $1, $2, 'n' || n, n::text from generate_series(1, 6000) n`,
    [world.campaign_id, world.units.合肥],
  )
  const begun = await hefei
    .post('/operated/operations', { kind: 'set', filter: {}, values: { kind: '线上' } })
    .expect(201)
  const made = await desk.draft(typed)
  const publishing = desk.publication(made).then()
  const done = await ended(hefei, begun.body)
  expect(done).toMatchObject({ state: 'done', done: 6000 })
  const published = await publishing
  expect(published.status, published.body.message).toBe(200)
  const kept = () =>
    world.owner(`select count(*)::integer as rows, count(*) filter (where 'n' || people = title)::integer as same,
      count(*) filter (where kind = '线上')::integer as set from operated`)
  expect(await kept()).toEqual([{ rows: 6000, same: 6000, set: 6000 }])
  const next = await operate(hefei, 'operated', { kind: 'set', filter: {}, values: { kind: '线下' } })
  const draft = await desk.draft(texts)
  const [undone, back] = await Promise.all([turn(hefei, next.id, 'undo'), desk.publication(draft).then()])
  expect(back.status, back.body.message).toBe(200)
  expect(undone.undone.done + undone.undone.kept_count).toBe(6000)
  expect(await kept()).toEqual([{ rows: 6000, same: 6000, set: undone.undone.done }])
})

test('an import of many rows that is being written while a column gets another type is written whole, and nobody’s row is lost', async () => {
  const [texts, typed] = registers('poured')
  await publish(province, world, texts)
  const ROWS = 20_000
  const rows = [['名称', '人数'], ...Array.from({ length: ROWS }, (_, n) => [`n${n}`, `${n}`])]
  const { body: told } = await hefei.upload('/poured/imports', await workbookOf({ 表: rows }), '表.xlsx')
  expect(told).toMatchObject({ create: ROWS, wrong: 0 })
  const made = await desk.draft(typed)
  const applying = hefei.post(`/imports/${told.id}/apply`, {}).then()
  // its rows are on their way
  await expect
    .poll(
      async () =>
        (await world.owner(`select from pg_locks where relation = 'poured'::regclass and mode = 'RowExclusiveLock'`))
          .length,
      { timeout: 20_000, interval: 5 },
    )
    .toBeGreaterThan(0)
  const [applied, published] = await Promise.all([applying, desk.publication(made).then()])
  expect(applied.status, applied.body.message).toBe(200)
  expect([200, 409]).toContain(published.status)
  if (published.status === 409) {
    expect(published.body.message).toBe('这张表里正在写入很多行，现在不能发布；什么也没有变，请过一会儿再发布。')
    await desk.publication(made).expect(200)
  }
  const [whole] = await world.owner(
    `select count(*)::integer as rows, count(*) filter (where 'n' || people = title)::integer as same, pg_typeof(min(people))::text as type from poured`,
  )
  expect(whole).toEqual({ rows: ROWS, same: ROWS, type: 'integer' })
}, 60_000)
