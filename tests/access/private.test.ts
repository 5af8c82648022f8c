/**
 * What is declared private of a field is hidden as phones are, whatever the field and its form: three more are declared
 * here, and nothing else of the product knows of them. The columns and rows of app.forms are what a migration would bring.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { openDatabase } from '../../server/database/connection.ts'
import { type Field, fieldOf, forms, maskedOf } from '../../server/forms/index.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { operate, turn } from '../support/operating.ts'
import { workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, serveWorld, type World } from '../support/world.ts'

const declared = [
  ['propagandists', 'account'],
  ['events', 'enterprise'],
  ['submissions', 'author_workplace'],
] as const
const value = '甲乙丙丁戊己庚辛壬癸'
const masked = '甲乙丙****庚辛壬癸'
const earlier = '子丑寅卯辰巳午未申酉'
const earlierMasked = '子丑寅****午未申酉'

let world: World
let served: Awaited<ReturnType<typeof serveWorld>>
let hefei: Agent
let cac: Agent
let province: Agent
let suzhou: Agent
const ids: Record<string, number> = {}

beforeAll(async () => {
  world = await makeWorld()
  for (const [form, name] of declared) {
    Object.assign(fieldOf(forms[form] as never, name) as Field, { private: true })
    await world.owner(`alter table ${form} add ${maskedOf(name)} text generated always as (app.masked(${name})) stored`)
    await world.owner('update app.forms set private = private || $2::text where name = $1', [form, name])
  }
  expect(await migrate(world.ownerUrl)).toEqual(['security'])
  served = await serveWorld(await openDatabase(world.appUrl, { connections: 5 }))
  hefei = await served.as('hefei')
  cac = await served.as('cac')
  province = await served.as('province')
  suzhou = await served.as('suzhou')
  for (const [form, name] of declared) {
    const { id } = (await hefei.post(`/${form}`, { ...sample[form]?.(1), [name]: earlier }).expect(201)).body
    await hefei.put(`/${form}/${id}`, { version: 1, [name]: value }).expect(200)
    ids[form] = id
  }
})
afterAll(async () => {
  await served?.close()
  await world?.close()
  // the vocabulary is one for all tests that a process runs
  for (const [form, name] of declared) delete fieldOf(forms[form] as never, name)?.private
})

const bare = (text: string) => text.includes(value) || text.includes(earlier)

describe.each(declared)('%s.%s', (form, name) => {
  const paths = () => [`/${form}/${ids[form]}`, `/${form}`, `/${form}/${ids[form]}/history`, '/changes?range=[0,499]']
  const filter = () => ({ filter: { id: ids[form] } })
  const stored = async () =>
    (await world.owner(`select ${name} as value from ${form} where id = $1`, [ids[form]]))[0]?.value

  test('is read masked by the internet office, and as it is by its unit and the province', async () => {
    for (const path of paths()) {
      const { text } = await cac.get(path).expect(200)
      expect([path, bare(text), text.includes(masked)]).toEqual([path, false, true])
      for (const agent of [hefei, province]) {
        const own = (await agent.get(path).expect(200)).text
        expect([path, own.includes(value), own.includes('_masked')]).toEqual([path, true, false])
      }
    }
    const words = async (agent: Agent) =>
      (await textsOf((await binary(agent.get(`/${form}/export.xlsx`, filter())).expect(200)).body)).join()
    expect([bare(await words(cac)), (await words(cac)).includes(masked)]).toEqual([false, true])
    expect(await words(hefei)).toContain(value)
  })

  test('is neither filtered, sorted, grouped nor searched by where it is masked', async () => {
    for (const query of [
      { filter: { [name]: value } },
      { filter: { [`${name}_like`]: '乙丙' } },
      { filter: { [maskedOf(name)]: masked } },
      { sort: [name, 'ASC'] },
    ]) {
      await cac.get(`/${form}`, query).expect(400)
      if (!(maskedOf(name) in (query.filter ?? {}))) await hefei.get(`/${form}`, query).expect(200)
    }
    await cac.get(`/${form}/groups`, { by: name }).expect(400)
    for (const q of [value, '丁戊']) expect((await cac.get(`/${form}`, { filter: { q } }).expect(200)).body).toEqual([])
    expect((await hefei.get(`/${form}`, { filter: { q: '丁戊' } }).expect(200)).body).toHaveLength(1)
    const { fields_masked } = (await cac.get('/me').expect(200)).body.forms[form]
    expect(fields_masked).toContain(name)
  })

  test('is in no grant of a role that reads it masked, and apart in the history', async () => {
    const [right] = await world.owner(
      `select has_column_privilege('haowangmin_cac', $1, $2, 'select') as told, has_column_privilege('haowangmin_cac', $3, $2, 'select') as itself`,
      [`told.${form}`, name, `public.${form}`],
    )
    expect(right).toEqual({ told: false, itself: false })
    const changes = await world.owner(
      'select action, before ->> $2 as told_before, after ->> $2 as told, before ->> $3 as before, after ->> $3 as after, secret from changes where form = $1 and row_id = $4 order by id',
      [form, name, maskedOf(name), ids[form]],
    )
    expect(changes.slice(0, 2)).toEqual([
      {
        action: 'create',
        told_before: null,
        told: null,
        before: null,
        after: earlierMasked,
        secret: expect.anything(),
      },
      {
        action: 'update',
        told_before: null,
        told: null,
        before: earlierMasked,
        after: masked,
        secret: { before: { [name]: earlier }, after: { [name]: value } },
      },
    ])
    expect(changes[0]?.secret).toMatchObject({ after: { [name]: earlier } })
  })

  test('comes back whole when an operation or an import is taken back', async () => {
    const operation = await operate(hefei, form, { kind: 'set', ...filter(), values: { [name]: earlier } })
    expect([operation.state, await stored()]).toEqual(['done', earlier])
    expect(await turn(hefei, operation.id, 'undo')).toMatchObject({ state: 'undone', undone: { done: 1 } })
    expect(await stored()).toBe(value)

    const { body: row } = await hefei.get(`/${form}/${ids[form]}`).expect(200)
    const columns = forms[form]?.fields.filter((field) => !field.derived && !isFile(field)) ?? []
    const cell = (field: Field) => (field.to ? row[`${field.name}_label`] : row[field.name])
    const cells = columns.map((field) => (field.name === name ? earlier : yes(cell(field))))
    const file = await workbookOf({ 表: [columns.map(({ label }) => label), cells] })
    const checked = await hefei.upload(`/${form}/imports`, file, `${form}.xlsx`)
    expect(checked.body).toMatchObject({ wrong: 0, update: 1 })
    await hefei.post(`/imports/${checked.body.id}/apply`).expect(200)
    expect(await stored()).toBe(earlier)
    await hefei.post(`/imports/${checked.body.id}/undo`).expect(200)
    expect(await stored()).toBe(value)
  })

  test('stays in no view that is shared', async () => {
    const layout = { filter: { [name]: value } }
    await province.post('/views', { form, name: '共享', layout, shared: true }).expect(201)
    const { body } = await hefei.get('/views', { form }).expect(200)
    expect(body).toMatchObject([{ name: '共享', layout: { filter: {} } }])
    await world.owner('update views set layout = $1, version = version + 1', [{ filter: { [name]: 'x', q: '1' } }])
    expect(await world.owner('delete from views returning layout')).toEqual([{ layout: { filter: { q: '1' } } }])
  })
})

const isFile = ({ type }: Field) => type === 'attachments'
const yes = (value: unknown) => (typeof value === 'boolean' ? (value ? '是' : '否') : (value as string | number | null))

test('a host reads it masked until the work is shortlisted', async () => {
  const path = `/submissions/${ids.submissions}`
  const seen = async () => (await suzhou.get(path).expect(200)).body.author_workplace
  await hefei.post(`${path}/submission`).expect(200)
  expect(await seen()).toBe(masked)
  expect(bare((await suzhou.get(`${path}/history`).expect(200)).text)).toBe(false)
  expect((await suzhou.get('/submissions', { filter: { author_workplace: value } }).expect(200)).body).toEqual([])
  await suzhou.post(`${path}/approval`).expect(200)
  await suzhou.post(`${path}/shortlisting`).expect(200)
  expect(await seen()).toBe(value)
})
