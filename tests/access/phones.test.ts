/**
 * Phones in free text: a row whose every text holds one, in every form, and nobody who may not read phones finds it on any
 * path: lists, rows, sums, places, search, workbooks, history, comments, files' names, streams, refusals.
 */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkRow, type Form, forms, isMany, registers, types } from '../../server/forms/index.ts'
import { agentsOf, binary, textsOf } from '../support/matrix.ts'
import type { Actor } from '../support/permissions.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

const phone = '13855520001'
const shown = '138****0001'
const spellings = [
  '138 5552 0001',
  '１３８ ５５５２ ０００１',
  '+86-138-5552-0001',
  '138－5552—0001',
  phone,
  `86${phone}`,
  '1 3\u200b8 5552\u00a0000 1',
]
/** Whether the phone can still be put together: all that is not a digit taken out. */
const betrays = (text: string, what = /138555[25]000/) => what.test(text.normalize('NFKC').replace(/\D/g, ''))
let turn = 0
const spelling = () => spellings[turn++ % spellings.length] as string
/** In what the province has written around the works; clerks read it as it is. */
const framed = (text: string) => text.replaceAll(/(5|５)(2|２)(?=\D*[0０])/g, '$1$1')

let world: World
let agents: Record<Actor, Agent>
const ids: Record<string, number> = {}
/** Texts of a form; not those which a rule keeps to letters and digits. */
const freeOf = (form: string) =>
  forms[form]?.fields.filter(
    ({ type, derived, name, choices }) =>
      types[type].free &&
      !derived &&
      !(type === 'list' && choices) &&
      !checkRow(forms[form] as Form, { [name]: '记：' }, {}, 'cell')[name],
  ) ?? []

const composed = (text: string): Record<string, string> => ({
  conditions: JSON.stringify({ name: text }),
  attachments: JSON.stringify([{ id: ids.file, name: `${text}.pdf` }]),
  scoring_items: `[{"name":"noted","weight":100,"max":100,"label":"${text.replace(/[^\p{L}\p{N}-]|[a-z]/gu, '')}"}]`,
  prizes: JSON.stringify([{ name: text }]),
})

/** Past all checks: a text gets in somehow, by a collection's own list or an old import. */
async function fill(form: string, spell = spelling) {
  const values = freeOf(form).map(({ name, type }) => {
    const text = `记${name}：${spell()}。`
    const value = { ...composed(text), list: [text] }[type as string] ?? text
    return [name, value] as const
  })
  await world.owner(
    `update ${form} set ${values.map(([name], n) => `${name} = $${n + 2}`).join(', ')}, version = version + 1 where id = $1`,
    [ids[form], ...values.map(([, value]) => value)],
  )
}

beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
  const { hefei, province } = agents
  ids.file = (await hefei.upload('/files', Buffer.from('%PDF-1.4'), `张三 ${spelling()}.pdf`).expect(201)).body.id
  await hefei.post('/events', sample.events?.(1)).expect(201)
  await world.owner('alter table awards disable trigger check_decision') // a certificate's number comes after a decision
  for (const { name } of registers) {
    ids[name] = (await hefei.post(`/${name}`, sample[name]?.(7)).expect(201)).body.id
    await hefei.post(`/${name}/${ids[name]}/comments`, { text: `打 ${spelling()} 问` }).expect(201)
    await fill(name)
    await hefei.post(`/${name}/${ids[name]}/submission`).expect(200)
    if (name === 'submissions') continue
    const reason = `请致电 ${spelling()}。`
    await province.post(`/${name}/${ids[name]}/return`, { reason, fields: ['remark'] }).expect(200)
  }
  ids.collections = world.collections.C5 as number
  ids.units = world.units.合肥 as number
  ids.campaigns = world.campaign_id
  for (const name of ['stages', 'national_activities', 'quotas', 'metrics'])
    ids[name] = (await world.owner<{ id: number }>(`select id from ${name} order by id limit 1`))[0]?.id as number
  const reopening = { unit_id: ids.units, form: '附件3', until: '2019-12-31' }
  ids.reopenings = (await province.post('/reopenings', reopening).expect(201)).body.id
  for (const name of ['collections', 'units', 'campaigns', 'stages', 'national_activities', 'reopenings', 'metrics'])
    await fill(name, () => framed(spelling()))
})
afterAll(() => world?.close())

test.each([...spellings, ...spellings.map((each) => `前${each}后，，`)])('%s is a phone', async (text) => {
  const [row] = await world.owner<{ told: string }>('select app.without_phones($1::text) as told', [text])
  expect(row?.told).toContain(shown)
  expect(betrays(row?.told ?? '')).toBe(false)
})

test.each([
  '0551-62608888',
  '（0551）6260 8888',
  '400-812-3456',
  '138555200012',
  '2138555200010',
  '12855520001',
  '1385552000',
  '34010419900101123X',
  '2019-06-18 13:30 到 15:30，“好网民”，共 1,385 人',
  '',
])('“%s” is none and stays as it is', async (text) => {
  const [row] = await world.owner<{ told: string }>('select app.without_phones($1::text) as told', [text])
  expect(row?.told).toBe(text)
})

test('what the field types call free is what the views take phones out of, in every form', async () => {
  const kept = (name: string) =>
    world.owner<{ name: string; is_free: boolean }>(
      `select a.attname as name, pg_get_viewdef(format('told.%I', $1::text)::regclass) ~ format('without_phones\\((t\\.)?%s\\)', a.attname) as is_free
       from pg_attribute a where a.attrelid = format('told.%I', $1::text)::regclass and a.attnum > 0`,
      [name],
    )
  for (const form of Object.values(forms)) {
    const free = new Map((await kept(form.name)).map(({ name, is_free }) => [name, is_free]))
    for (const { name, type, derived } of form.fields) {
      if (derived && !free.has(name)) continue
      if (types[type].free) expect([form.name, name, free.get(name)]).toEqual([form.name, name, true])
      if (['credit_code', 'phone'].includes(type))
        expect([form.name, name, free.get(name)]).toEqual([form.name, name, false])
    }
    if (form.scope === 'unit') expect([free.get('returned_reason'), free.get('status')]).toEqual([true, false])
  }
})

/** Every path on which a role may meet the row; workbooks as their texts. */
async function pathsOf(agent: Agent, form: string): Promise<[string, string][]> {
  const id = ids[form]
  const filter = { filter: { id } }
  const told: [string, string][] = []
  const get = async (path: string, query?: Record<string, unknown>) => {
    const { status, text } = await agent.get(path, query)
    expect([path, query, status]).toEqual([path, query, 200])
    told.push([`${path} ${JSON.stringify(query ?? {})}`, text])
  }
  await get(`/${form}/${id}`)
  await get(`/${form}`, { range: [0, 999] })
  for (const field of freeOf(form)) {
    if (!isMany(field)) await get(`/${form}/groups`, { by: field.name })
    await get(`/${form}`, { sort: [field.name, 'DESC'], ...filter })
  }
  for (const path of [`/${form}/${id}/history`, `/${form}/${id}/comments`, '/reports/todo', '/reports/progress'])
    await get(path)
  await get('/changes', { filter: { form }, range: [0, 499] })
  for (const path of [`/${form}/export.xlsx`, `/${form}/template.xlsx`]) {
    const book = await binary(agent.get(path, path.includes('export') ? filter : undefined)).expect(200)
    told.push([
      path,
      (await textsOf(book.body)).join('\n') + decodeURIComponent(book.headers['content-disposition'] ?? ''),
    ])
  }
  return told
}

describe('the internet office', () => {
  const actor = 'cac'
  test.each(Object.keys(forms))('finds no phone in the texts of %s, on no path', async (form) => {
    if (!ids[form] || freeOf(form).length === 0) return
    for (const [path, text] of await pathsOf(agents[actor], form)) expect([path, betrays(text)]).toEqual([path, false])
    const own = await pathsOf(agents.province, form)
    expect(own.slice(0, 2).map(([, text]) => betrays(text))).toEqual([true, true])
  })

  test('filters, search and places see what is shown and not what stands behind it', async () => {
    for (const { name: form } of registers) {
      const count = async (agent: Agent, filter: object) =>
        Number(
          (await agent.get(`/${form}`, { filter: { id: ids[form], ...filter } }).expect(200)).headers[
            'content-range'
          ]?.split('/')[1],
        )
      for (const q of [phone, '5552', '138 5552', '５５５２'])
        expect([form, q, await count(agents[actor], { q })]).toEqual([form, q, 0])
      for (const { name, type } of freeOf(form)) {
        if (type === 'list' || type === 'attachments') continue
        for (const [key, value, found] of [
          [`${name}_like`, '5552', 0],
          [`${name}_like`, shown, 1],
          [`${name}_not_like`, '5552', 1],
        ] as const)
          expect([form, key, value, await count(agents[actor], { [key]: value })]).toEqual([form, key, value, found])
      }
      expect(await count(agents[actor], { q: shown })).toBe(1)
      const place = await agents[actor].get(`/${form}/places`, { of: { q: '5552' }, from: '-1', step: '1' }).expect(200)
      expect(place.body.count).toBe(0)
    }
  })

  test('opens a file under a name without the phone', async () => {
    for (const [agent, is_told] of [
      [agents[actor], false],
      [agents.hefei, true],
    ] as const) {
      const file = await binary(agent.get(`/files/${ids.file}`)).expect(200)
      expect(betrays(decodeURIComponent(file.headers['content-disposition'] ?? ''))).toBe(is_told)
    }
  })

  test('hears no phone in a stream, a conflict or a refusal', async () => {
    const heard = new Promise<string>((done) => {
      const url = `${world.address}/api/live?form=organizations&seat=phones`
      const stream = request(url, { headers: { cookie: agents[actor].cookie } }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('error', () => {})
        response.on('data', (part: string) => {
          text += part
          // the first word is that changes may have been missed
          if (!text.includes('event: rows')) return void touch()
          stream.destroy()
          done(text)
        })
      }).on('error', () => {})
      stream.end()
    })
    const touch = () => world.owner('update organizations set version = version + 1 where id = $1', [ids.organizations])
    const text = await heard
    expect([text.includes(shown), betrays(text)]).toEqual([true, false])
    await world.owner(
      `update awards set status = 'submitted', certificate_number = null, version = version + 1 where id = $1`,
      [ids.awards],
    )
    const conflict = await agents[actor].put(`/awards/${ids.awards}`, { version: 1, cac_opinion: '好' }).expect(409)
    expect([JSON.stringify(conflict.body.row).includes(shown), betrays(JSON.stringify(conflict.body.row))]).toEqual([
      true,
      false,
    ])
    const { body } = await agents[actor].get(`/awards/${ids.awards}`)
    const refused = await agents[actor].put(`/awards/${ids.awards}`, { ...body, deeds: '改' })
    expect([refused.status, betrays(refused.text)]).toEqual([422, false])
    // what is written whole changes nothing that was told without its phone
    await agents[actor].put(`/awards/${ids.awards}`, { ...body, cac_opinion: '同意。' }).expect(200)
    const [kept] = await world.owner<{ deeds: string }>('select deeds from awards where id = $1', [ids.awards])
    expect(betrays(kept?.deeds ?? '')).toBe(true)
    await world.owner(`update awards set status = 'returned', version = version + 1 where id = $1`, [ids.awards])
  })
})

test('a host finds no phone in a work before it is shortlisted, and then what stands there', async () => {
  const { suzhou, hefei } = agents
  // what the province writes around works a clerk reads as it is
  const texts = async (agent: Agent) =>
    (await pathsOf(agent, 'submissions')).map(([path, text]) => [path, betrays(text, /1385552000/)])
  const is_bare = async () => (await texts(suzhou)).filter(([, found]) => found)
  expect(await is_bare()).toEqual([])
  const file = async () =>
    decodeURIComponent(
      (await binary(suzhou.get(`/files/${ids.file}`)).expect(200)).headers['content-disposition'] ?? '',
    )
  expect(betrays(await file())).toBe(false)
  expect((await texts(hefei)).filter(([, found]) => found).length).toBeGreaterThan(10)
  await suzhou.post(`/submissions/${ids.submissions}/approval`).expect(200)
  expect(await is_bare()).toEqual([])
  await suzhou.post(`/submissions/${ids.submissions}/shortlisting`).expect(200)
  const bare = (await is_bare()).map(([path]) => String(path))
  expect(bare.some((path) => path.startsWith('/submissions/export'))).toBe(true)
  expect(betrays(await file())).toBe(true)
})

test('a juror finds no phone in a work, nor in what stands around it', async () => {
  const [juror] = await world.owner<{ id: number }>(`select id from users where username = 'juror1'`)
  await agents.suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: [juror?.id] }).expect(200)
  await agents.suzhou.post(`/submissions/${ids.submissions}/review`).expect(200)
  for (const path of ['/submissions', '/collections', '/campaigns', '/units', '/stages', '/national_activities']) {
    const { text } = await agents.juror1.get(path, { range: [0, 99] }).expect(200)
    expect([path, text.includes(shown), betrays(text)]).toEqual([path, true, false])
  }
  expect((await agents.juror1.get('/submissions', { filter: { q: '5552' } })).body).toEqual([])
})

test('a shared view keeps no phone, in its name or its filters', async () => {
  const layout = { filter: { remark: spelling(), contact: { values: [spelling()] } } }
  await agents.province
    .post('/views', { form: 'organizations', name: `找${spelling()}`, layout, shared: true })
    .expect(201)
  const { text } = await agents.wuhu.get('/views', { form: 'organizations' }).expect(200)
  expect([text.includes(shown), betrays(text)]).toEqual([true, false])
  const own = await agents.hefei.post('/views', { form: 'organizations', name: '自己的', layout }).expect(201)
  expect(betrays(JSON.stringify(own.body))).toBe(true)
})

test('a phone in the name of an account is told to nobody beyond its unit and the province', async () => {
  await world.owner(`update users set name = $1, version = version + 1 where username = 'province'`, [`王 ${phone}`])
  for (const [actor, is_told] of [
    ['cac', false],
    ['hefei', false],
    ['province', true],
  ] as const)
    expect([
      actor,
      betrays((await agents[actor].get('/reports/todo').expect(200)).text.replace(/"(name|reason)":"[^"]*"/g, '')),
    ]).toEqual([actor, is_told])
})
