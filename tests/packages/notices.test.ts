/** The packages of other notices: each makes a campaign, is given back as it was, and a clerk of it fills its registers. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CampaignPackage } from '../../server/campaigns/packages/package.ts'
import { compileDefinition, type FieldDefinition, type FormDefinition, sentenceOf } from '../../server/forms/index.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { media } from '../support/media.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

const FOLDER = 'seeds/packages'
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== '2019-anhui.json')
const textOf = (file: string) => readFileSync(`${FOLDER}/${file}`, 'utf8')

let world: World
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
})
afterAll(() => world?.close())

test('there is one for each of the three other notices', () => {
  expect(files).toEqual(['2023-binhai.json', '2024-shaanxi.json', '2025-laomo.json'])
})

describe.each(files)('%s', (file) => {
  const content = JSON.parse(textOf(file)) as CampaignPackage
  let id: number

  test('is looked at, and loaded as it was looked at', async () => {
    const looked = await province.post('/campaigns/packages?check=1', content)
    expect(looked.body.errors ?? {}).toEqual({})
    expect(looked.status).toBe(200)
    const made = await province.post('/campaigns/packages', content)
    expect(made.body.errors ?? {}).toEqual({})
    expect(made.status).toBe(201)
    id = made.body.campaign_id
  })

  test('comes out of the campaign byte for byte', async () => {
    const { text } = await province.get(`/campaigns/${id}/package.json`).expect(200)
    expect(text).toBe(textOf(file))
  })

  test('says nothing new to the campaign it made', async () => {
    const told = await province.post(`/campaigns/packages?check=1&campaign_id=${id}`, content).expect(200)
    expect(told.body).toEqual({ changes: [] })
  })

  test('has rules that are broken by their examples, each with a sentence', () => {
    for (const definition of content.forms) {
      if ('extends' in definition) continue
      const { rules } = compileDefinition(definition)
      for (const rule of rules ?? [])
        expect([rule.name, sentenceOf(rule)]).toEqual([rule.name, expect.stringMatching(/。$/)])
    }
  })

  test('has the registers it says, in the order of their annexes', async () => {
    const { body } = await province.get('/forms', { campaign_id: id }).expect(200)
    const named = content.forms.map((form) => ('extends' in form ? form.extends : form.name))
    const registers = (body as { name: string; scope: string }[]).filter(({ scope }) => scope === 'unit')
    expect(registers.map(({ name }) => name)).toEqual(named)
  })

  test('is lived in for a day: a clerk fills each register, the province approves, board, paper and 报送版 say so', async () => {
    await openAt(id, content)
    const clerk = await clerkOf(id)
    const forms = (await clerk.get('/forms', { campaign_id: id }).expect(200)).body as FormDefinition[]
    const registers = forms.filter(({ scope, name }) => scope === 'unit' && name !== 'submissions')
    const made: Record<string, number[]> = {}
    for (const form of registers) {
      const ids = [await fillRow(clerk, form, id, 1, made), await fillRow(clerk, form, id, 2, made)]
      made[form.name] = ids
      const handedIn = await clerk.post(`/${form.name}/submission`, { ids }).expect(200)
      expect(handedIn.body.refused ?? []).toEqual([])
      const listed = (await province.get(`/${form.name}`, { filter: { campaign_id: id, status: 'submitted' } })).body
      expect(listed.map((row: { id: number }) => row.id).sort()).toEqual([...ids].sort())
      await province.post(`/${form.name}/approval`, { ids }).expect(200)
      const paper = await clerk.get(`/${form.name}/export.xlsx`, { filter: { campaign_id: id } }).expect(200)
      expect(paper.headers['content-type']).toContain('spreadsheetml')
      const filing = await clerk.post('/filings', { form: form.name, campaign_id: id }).expect(201)
      const facts = await world.anonymous.get(`/verify/${filing.body.number}`).expect(200)
      expect(facts.body).toMatchObject({ number: filing.body.number, rows: 2 })
    }
    const progress = (await province.get('/reports/progress', { campaign_id: id }).expect(200)).body
    for (const { name, form, counts } of content.metrics ?? [])
      if (counts === 'rows' && registers.some((register) => register.name === form))
        expect([name, progress.province[String(name)]?.done]).toEqual([name, expect.any(Number)])
    await clerk.get('/annexes/all.zip', { campaign_id: id }).expect(registers.length > 0 ? 200 : 409)
  })
})

describe('the entry forms of 陕西', () => {
  const content = JSON.parse(textOf('2024-shaanxi.json')) as CampaignPackage
  const entries = ['G06', 'G09']

  test.each(entries)(
    '%s: a work with its columns is filled, handed in, scored by a juror who reads them, and exported',
    async (code) => {
      const found = await province.get('/campaigns', { filter: { name: content.campaign.name } }).expect(200)
      const id = found.body[0].id as number
      const collections = (await province.get('/collections', { filter: { campaign_id: id } }).expect(200)).body
      const {
        id: collection_id,
        title,
        host_unit_id,
      } = collections.find((each: { code: string }) => each.code === code)
      const clerk = await clerkOf(id)
      const forms = (await clerk.get('/forms', { campaign_id: id }).expect(200)).body as FormDefinition[]
      const form = forms.find(({ name }) => name === 'submissions') as FormDefinition
      const own = form.fields.filter(({ of }) => of?.includes(code))
      expect(own.length).toBeGreaterThan(3)
      const fields = form.fields.filter(({ of, type }) => (!of || of.includes(code)) && type !== 'attachments')
      const plain = { collection_id, sub_theme: null, duration_s: null }
      const work = await fillRow(clerk, { ...form, fields }, id, 1, {}, plain)
      await clerk.post(`/submissions/${work}/submission`).expect(200)
      const host = await placed('wuhu', host_unit_id)
      await host.post(`/submissions/${work}/approval`).expect(200)
      // who leads takes each step of a host, and takes it back, in a campaign that its own unit takes no part in
      const { unit_id } = (await province.get('/me')).body
      const taking = { filter: { campaign_id: id, unit_id } }
      expect((await province.get('/participations', taking).expect(200)).body).toEqual([])
      await province.post(`/submissions/${work}/shortlisting`).expect(200)
      await province.post(`/submissions/${work}/undo`).expect(200)
      await province.post(`/submissions/${work}/shortlisting`).expect(200)
      await host.post(`/submissions/${work}/review`).expect(200)
      const juror = await world.as('juror1')
      const jurors = [(await juror.get('/me')).body.id]
      await province.put(`/collections/${collection_id}/jury`, { juror_ids: jurors }).expect(200)
      const [read] = (await juror.get('/submissions', { filter: { campaign_id: id } }).expect(200)).body.filter(
        (each: { collection_id: number }) => each.collection_id === collection_id,
      )
      const stored = (await province.get(`/submissions/${work}`)).body
      for (const { name, private: isPrivate, person } of own)
        expect([name, read[name]]).toEqual([name, isPrivate || person ? undefined : stored[name]])
      await juror.put(`/submissions/${read.id}/scores`, { theme: 80, craft: 90, appeal: 70 }).expect(200)
      const query = { filter: { campaign_id: id, collection_id } }
      const book = (await binary(province.get('/submissions/export.xlsx', query)).expect(200)).body
      const texts = (await textsOf(book)).join('\n')
      expect(texts).toContain(`（${title}）`)
      for (const { label } of own) expect(texts).toContain(label)
      const [elsewhere] = form.fields.filter(({ of }) => of && !of.includes(code))
      expect(texts).not.toContain(elsewhere?.label)
    },
  )
})

test('per cents over a campaign are told: to the province of all rows, to a unit of its own, and nobody is kept from a cell', async () => {
  const content = JSON.parse(textOf('2025-laomo.json')) as CampaignPackage
  const made = await province.post('/campaigns/packages', {
    ...content,
    campaign: { ...content.campaign, name: '又一次推荐' },
  })
  expect(made.body.errors ?? {}).toEqual({})
  const id = made.body.campaign_id
  await openAt(id, content)
  const clerk = await clerkOf(id)
  const form = ((await clerk.get('/forms', { campaign_id: id })).body as FormDefinition[]).find(
    ({ name }) => name === 'nominees',
  ) as FormDefinition
  const ids: number[] = []
  for (const n of [1, 2, 3, 4, 5]) ids.push(await fillRow(clerk, form, id, n, {}))
  const change = (at: number, values: object) =>
    clerk.put(`/nominees/${ids[at]}`, { version: 1, honour: '劳动模范', ...values }).expect(200)
  await change(0, { category: '企业负责人', gender: '男' })
  for (const at of [1, 2, 3]) await change(at, { category: '产业工人', gender: '男' })
  await change(4, { category: '农民工', gender: '女' })
  await clerk.delete(`/nominees/${ids[3]}`).expect(200)
  const told = async (who: Agent) =>
    (await who.get('/nominees/shares', { campaign_id: id }).expect(200)).body.map(
      ({ rule, unit_id, part, whole, sentence }: Record<string, unknown>) => [
        rule,
        unit_id !== null,
        part,
        whole,
        sentence,
      ],
    )
  const among = '拟授称号是“劳动模范”的当中，'
  const all = [
    ['front_line_share', 2, 4, null],
    ['farmers_share', 1, 4, null],
    ['leaders_share', 1, 4, `${among}人员类别是“企业负责人”的占 25%（4 行里 1 行），要不超过 15%。`],
    ['women_share', 1, 4, null],
  ]
  const nominees = content.forms.find((each) => 'name' in each && each.name === 'nominees')
  const draft = (await province.post('/form_designs', { campaign_id: id, definition: nominees }).expect(201)).body
  const { changes } = (await province.post(`/form_designs/${draft.id}/check`).expect(200)).body
  expect(changes).toEqual([`按现在的行，${all[2]?.[3]}`])
  expect(await told(province)).toEqual(all.map(([rule, ...rest]) => [rule, false, ...rest]))
  expect(await told(clerk)).toEqual(all.map(([rule, ...rest]) => [rule, true, ...rest]))
})

/** The campaign runs, and stands at a day on which nothing is locked yet. */
async function openAt(id: number, { campaign }: CampaignPackage) {
  const opened = (await province.post(`/campaigns/${id}/opening`).expect(200)).body
  await province.put(`/campaigns/${id}`, { version: opened.version, today_on: campaign.starts_on }).expect(200)
}

/** The clerk of the tests, moved to the first unit that reports in this campaign. */
async function clerkOf(id: number): Promise<Agent> {
  const parts = (await province.get('/participations', { filter: { campaign_id: id }, sort: ['id', 'ASC'] })).body
  const leading = (await province.get('/me').expect(200)).body.unit_id
  const unit = parts.find(({ unit_id }: { unit_id: number }) => unit_id !== leading)
  return placed('hefei', unit.unit_id)
}

/** A clerk of the tests in another unit. */
async function placed(username: 'hefei' | 'wuhu', unit_id: number): Promise<Agent> {
  const [user] = (await province.get('/users', { filter: { username } }).expect(200)).body
  await province.put(`/users/${user.id}`, { version: user.version, unit_id }).expect(200)
  return world.as(username)
}

async function uploaded(clerk: Agent, id: number): Promise<{ id: number; name: string }> {
  const name = '照片.png'
  const { body } = await clerk
    .upload('/files', media.png?.bytes as Buffer, name, { campaign_id: String(id) })
    .expect(201)
  return { id: body.id, name }
}

const MAX_TRIES = 12

/** A row that the register takes: each field of its type, and another choice or number where a rule asks for one. */
async function fillRow(
  clerk: Agent,
  form: FormDefinition,
  id: number,
  n: number,
  made: Readonly<Record<string, number[]>>,
  fixed: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const year = await yearOf(id)
  const values: Record<string, unknown> = {
    campaign_id: id,
    ...Object.fromEntries(
      form.fields.filter(({ derived }) => !derived).flatMap((field) => sampleOf(field, n, year, made)),
    ),
    ...fixed,
  }
  for (const { name, type } of form.fields) if (type === 'attachments') values[name] = [await uploaded(clerk, id)]
  for (let turn = 0; ; turn++) {
    const answer = await clerk.post(`/${form.name}`, values)
    if (answer.status === 201) return answer.body.id
    const errors = Object.keys(answer.body.errors ?? {})
    if (turn === MAX_TRIES || errors.length === 0) throw new Error(`${form.name}: ${answer.text}`)
    for (const name of errors) {
      const field = form.fields.find((each) => each.name === name)
      const choices = field?.choices ?? []
      if (choices.length > 0) values[name] = choices[(choices.indexOf(String(values[name])) + 1) % choices.length]
      else throw new Error(`${form.name}.${name}: ${answer.body.errors[name]}`)
    }
  }
}

const yearOf = async (id: number) => String((await province.get(`/campaigns/${id}`)).body.year)

function sampleOf(
  { name, label, type, choices, min, mobile, to }: FieldDefinition,
  n: number,
  year: string,
  made: Readonly<Record<string, number[]>>,
): [string, unknown][] {
  const values: Record<string, unknown> = {
    text: `${label}${n}`.slice(0, 12),
    long_text: `${label}第${n}行`,
    integer: Math.max(min ?? 0, 50 + n),
    decimal: Math.max(min ?? 0, 50 + n),
    date: `${year}-07-${name.endsWith('_to') ? 2 : 0}${n}`,
    month: name.startsWith('born') ? '1986-04' : `${Number(year) - 1}-04`,
    datetime: `${year}-07-0${n} 09:00`,
    choice: choices?.[0],
    list: choices ? [choices[0]] : [`${label}${n}`],
    yes_no: true,
    phone: mobile ? `1990000000${n}` : `0551-6260000${n}`,
    url: `https://example.cn/${n}`,
  }
  if (to && made[to]) return [[name, made[to][n - 1]]]
  return to || values[type] === undefined ? [] : [[name, values[type]]]
}
