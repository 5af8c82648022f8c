// Spoilt and hostile papers, sent as templates and as filled forms: an answer or one sentence, never a fault.
// FUZZ_CASES=1000 FUZZ_SEED=7 npx vitest run tests/prints/fuzz.test.ts looks further.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { binary } from '../support/matrix.ts'
import { randomOf, spoilBytes, spoilXml, spoilZip } from '../support/mutate.ts'
import {
  accountPaper,
  approvalPaper,
  eventPaper,
  filesOfZip,
  rewordedDocx,
  templatesIn,
  textOfDocx,
} from '../support/prints.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'
import { makeZip } from '../support/zip.ts'

const cases = Number(process.env.FUZZ_CASES ?? 60)
const seed = Number(process.env.FUZZ_SEED ?? 20_241_201)

let world: World
let province: Agent
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const isSentence = /^[^<>]*[\u4e00-\u9fff][^<>]*[。？]$/u

test(`${cases} spoilt papers from seed ${seed}, as templates and as filled forms: an answer or a sentence`, async () => {
  const templates = templatesIn(world, province)
  const kept = {
    docx: await templates.correct(await templates.make(accountPaper, '达人.docx', 'propagandists'), {}),
    xlsx: await templates.make(await eventPaper(), '活动.xlsx', 'events'),
  }
  await hefei.post('/events', sample.events?.(1)).expect(201)
  await hefei.post('/propagandists', sample.propagandists?.(1)).expect(201)
  const filled = {
    docx: (await binary(hefei.get(`/propagandists/prints/${kept.docx.id}`, { as: 'one' })).expect(200)).body,
    xlsx: (await binary(hefei.get(`/events/prints/${kept.xlsx.id}`, { as: 'one' })).expect(200)).body,
  }
  const seen = new Set<number>()
  for (let n = 0; n < cases; n++) {
    const random = randomOf(seed + n)
    const format = random.pick(['docx', 'docx', 'xlsx'] as const)
    const spoil = random.pick([spoilBytes, spoilXml, spoilXml, spoilZip])
    const form = format === 'docx' ? 'propagandists' : 'events'
    const isTemplate = random.below(2) === 0
    const empty = random.pick([approvalPaper, accountPaper])
    const bytes = await spoil(random, isTemplate && format === 'docx' ? empty : filled[format])
    const { status, body, text } = isTemplate
      ? await templates.send(bytes, `a.${format}`, form, '?check=1')
      : await hefei.upload(`/${form}/prints/${kept[format].id}/rows`, bytes, `a.${format}`)
    seen.add(status)
    const which = `FUZZ_SEED=${seed + n} FUZZ_CASES=1: ${text.slice(0, 200)}`
    expect([200, 413, 422], which).toContain(status)
    if (status !== 200) expect(body.message, which).toMatch(isSentence)
  }
  if (cases >= 50) expect([...seen]).toEqual(expect.arrayContaining([200, 422]))
}, 120_000)

/** The paper with a part changed or put in. */
async function paperWith(name: string, change: (text: string) => string): Promise<Buffer> {
  const parts = [...(await filesOfZip(accountPaper))].map(([each, bytes]) => ({
    name: each,
    bytes: bytes as Buffer | string,
  }))
  const known = parts.find((part) => part.name === name)
  if (known) known.bytes = change(known.bytes.toString())
  else parts.push({ name, bytes: change('') })
  return makeZip(parts)
}

const relation = (type: string) =>
  `<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="https://example.cn/x.dotm" TargetMode="External"/></Relationships>`

test.each([
  ['nothing', async () => Buffer.alloc(0)],
  [
    'a .doc',
    async () =>
      Buffer.concat([
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        Buffer.alloc(600),
        Buffer.from('WordDocument', 'utf16le'),
      ]),
  ],
  ['words', async () => Buffer.from('姓名：')],
  ['macros', () => paperWith('word/vbaProject.bin', () => 'x')],
  ['an embedded program', () => paperWith('word/embeddings/oleObject1.bin', () => 'x')],
  [
    'a template from elsewhere',
    () =>
      paperWith('word/_rels/document.xml.rels', (text) =>
        text.replace('</Relationships>', relation('attachedTemplate')),
      ),
  ],
  [
    'entities in its styles',
    () =>
      paperWith('word/styles.xml', (text) =>
        text.replace(/^(<\?xml[^>]*>)?/, '$1<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
      ),
  ],
  ['a bomb in a part nobody looks at', () => paperWith('word/glossary.xml', () => `<a>${' '.repeat(300_000_000)}</a>`)],
  [
    'no blank at all',
    () => paperWith('word/document.xml', (text) => text.replace(/<w:tbl>.*<\/w:tbl>/s, '').replace(/：[　\s]*/g, '。')),
  ],
  ['an identity number', () => paperWith('word/document.xml', (text) => text.replace('姓  名', '11010519491231002X'))],
  [
    'a table without end',
    () =>
      paperWith('word/document.xml', (text) =>
        text.replace('<w:gridSpan w:val="3"/>', '<w:gridSpan w:val="999999999"/>'),
      ),
  ],
  [
    'a list of thousands',
    () =>
      paperWith('word/document.xml', (text) =>
        text.replace('</w:tbl>', `${'<w:tr><w:tc><w:p/></w:tc></w:tr>'.repeat(4_000)}</w:tbl>`),
      ),
  ],
])(
  'a template with %s is refused in a sentence',
  async (_what, make) => {
    const { status, body, text } = await templatesIn(world, province).send(
      await make(),
      '表.docx',
      'propagandists',
      '?check=1',
    )
    expect([413, 422], text.slice(0, 200)).toContain(status)
    expect(body.message).toMatch(isSentence)
  },
  30_000,
)

test('signs of the library that fills are words like any other, in the paper and in a row', async () => {
  const paper = await paperWith('word/document.xml', (text) =>
    text.replace('职工网络达人推荐表', '{#loop}\ue8f0p0n0\ue8f1推荐表'),
  )
  const templates = templatesIn(world, province)
  const template = await templates.make(paper, '怪.docx', 'propagandists')
  const job = '{name} \ue8f0p0n1\ue8f1 {{=1}} </w:t>'
  await hefei.post('/propagandists', { ...sample.propagandists?.(7), name: '怪人', job }).expect(201)
  const correct = await templates.correct(template, { 工作单位及职务: 'job' })
  const answer = await binary(
    hefei.get(`/propagandists/prints/${correct.id}`, { as: 'one', filter: { name: '怪人' } }),
  ).expect(200)
  const xml = (await filesOfZip(answer.body)).get('word/document.xml')?.toString() ?? ''
  expect(xml).toContain('{name} p0n1 {{=1}} &lt;/w:t&gt;')
  expect(xml).toContain('{#loop}p0n0推荐表')
})

test('a number of an identity card on a filled form is neither told nor kept', async () => {
  const [template] = (await hefei.get('/print_templates', { filter: { name: '达人' } }).expect(200)).body
  const path = `/propagandists/prints/${template.id}`
  await hefei.post('/propagandists', { ...sample.propagandists?.(9), name: '证件人' }).expect(201)
  const { body } = await binary(hefei.get(path, { as: 'one', filter: { name: '证件人' } })).expect(200)
  const written = await rewordedDocx(body, '其他：______', '其他：11010519491231002X')
  const checked = await hefei.upload(`${path}/rows`, written, '证件人.docx').expect(200)
  expect(checked.text).not.toContain('11010519491231002X')
  const [kept] = await world.owner<{ content: Buffer; identity_numbers: number }>(
    `select content, identity_numbers from imports where id = ${checked.body.id}`,
  )
  expect(kept?.identity_numbers).toBe(1)
  const sheets = [...(await filesOfZip(kept?.content as Buffer)).values()].map(String)
  expect(sheets.join()).toContain('证件人')
  expect(sheets.join()).not.toContain('11010519491231002X')
})

test('a number stands in what its label counts it in, and is read back as it was', async () => {
  const templates = templatesIn(world, province)
  const template = await templates.make(accountPaper, '计数.docx', 'propagandists')
  const row = { ...sample.propagandists?.(8), name: '计数人', followers: 23_500 }
  const { id } = (await hefei.post('/propagandists', row).expect(201)).body
  const path = `/propagandists/prints/${template.id}`
  const { body } = await binary(hefei.get(path, { as: 'one', filter: { id } })).expect(200)
  expect(await textOfDocx(body)).toContain('2.35')
  const checked = await hefei.upload(`${path}/rows`, body, '计数人.docx').expect(200)
  expect(checked.body).toMatchObject({ rows: 1, error_count: 0, unchanged: 1 })
})
