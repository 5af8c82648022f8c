// Spoilt and hostile documents, sent as the province would: answered with a proposal or one sentence, never with a fault.
// FUZZ_CASES=2000 FUZZ_SEED=7 npx vitest run tests/proposals/fuzz.test.ts looks further.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomOf, spoilBytes, spoilXml, spoilZip } from '../support/mutate.ts'
import { filesOfNotice, noticeFolders, sendNotice } from '../support/notices.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'
import { makeZip, type ZipEntry } from '../support/zip.ts'

const cases = Number(process.env.FUZZ_CASES ?? 80)
const seed = Number(process.env.FUZZ_SEED ?? 20_230_619)

let world: World
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
})
afterAll(() => world?.close())

const isSentence = /^[^<>]*[\u4e00-\u9fff][^<>]*[。？]$/u

test(`${cases} spoilt documents from seed ${seed}: a proposal or a sentence`, async () => {
  const documents = noticeFolders.flatMap((folder) =>
    filesOfNotice(folder).filter(({ name }) => name.endsWith('.docx')),
  )
  const seen = new Set<number>()
  for (let n = 0; n < cases; n++) {
    const random = randomOf(seed + n)
    const { name, bytes } = random.pick(documents)
    const spoil = random.pick([spoilBytes, spoilXml, spoilXml, spoilZip])
    const { status, body, text } = await sendNotice(province, [{ name, bytes: await spoil(random, bytes) }])
    seen.add(status)
    const which = `FUZZ_SEED=${seed + n} FUZZ_CASES=1, ${name}: ${text.slice(0, 200)}`
    expect([200, 413, 422], which).toContain(status)
    if (status !== 200) expect(body.message, which).toMatch(isSentence)
  }
  if (cases >= 50) expect([...seen]).toEqual(expect.arrayContaining([200, 422]))
}, 120_000)

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const docx = (body: string, { type = WORD, more = [] as ZipEntry[], before = '' } = {}) =>
  makeZip([
    {
      name: '[Content_Types].xml',
      bytes: `<Types><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`,
    },
    {
      name: '_rels/.rels',
      bytes:
        '<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    },
    { name: 'word/document.xml', bytes: `${before}<w:document ${W}><w:body>${body}</w:body></w:document>` },
    ...more,
  ])
const compound = (name: string) =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from(name, 'utf16le')])
const p = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`

test.each([
  ['nothing at all', () => Buffer.alloc(0)],
  ['a .doc', () => compound('WordDocument')],
  ['one with a password', () => compound('EncryptedPackage')],
  ['text', () => Buffer.from('关于开展活动的通知')],
  ['a document without words', () => docx(p(' '))],
  ['macros', () => docx(p('通知'), { more: [{ name: 'word/vbaProject.bin', bytes: 'x' }] })],
  ['macros by its type', () => docx(p('通知'), { type: 'application/vnd.ms-word.document.macroEnabled.main+xml' })],
  ['entities', () => docx(p('&a;'), { before: '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' })],
  ['a bomb', () => docx(p('好'.repeat(25_000_000)))],
  [
    'a table without end',
    () =>
      docx(`<w:tbl><w:tr>${'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr></w:tc>'.repeat(3)}</w:tr></w:tbl>`),
  ],
  ['a deep nest', () => docx(`${'<w:sdt>'.repeat(5_000)}${'</w:sdt>'.repeat(5_000)}`)],
  ['words without end', () => docx(p('九月二十三日前'.repeat(80_000)))],
])('%s is refused in a sentence with the name of its file', async (_what, make) => {
  const { status, body, text } = await sendNotice(province, [{ name: '通知.docx', bytes: make() }])
  expect([413, 422], text.slice(0, 200)).toContain(status)
  expect(body.message).toMatch(isSentence)
  expect(body.message).toContain('通知.docx')
})

const ins = (body: string) => `<w:ins w:id="1" w:author="a">${body}</w:ins>`
const del = (text: string) => `<w:del w:id="2" w:author="a"><w:r><w:delText>${text}</w:delText></w:r></w:del>`
const run = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`
const cell = (body: string) => `<w:tc>${body}</w:tc>`
const table = (...rows: string[][]) =>
  `<w:tbl>${rows.map((cells) => `<w:tr>${cells.map(cell).join('')}</w:tr>`).join('')}</w:tbl>`
const times = (n: number, make: (n: number) => string) => Array.from({ length: n }, (_, at) => make(at)).join('')
const HEAD = p('关于开展2023年活动的通知') + p('各单位：')
const END = p('2023年6月19日')

// What Word writes and a reader may trip over; each says when the unit reports: 8月5日前, and nothing else is one
const ODD: [what: string, body: string][] = [
  [
    'a table in a table in a table',
    table([p('单位'), table([p('里面'), table([p('再里面')], [p('三')])], [p('二')])], [p('甲'), p('3')]),
  ],
  [
    'an insertion in an insertion with a deletion',
    `<w:p>${ins(ins(run('请于8月5日前报送统计表。')) + del('7月31日'))}</w:p>`,
  ],
  ['a moved sentence', `<w:p><w:moveFrom w:id="3" w:author="a">${run('请于7月31日前报送统计表。')}</w:moveFrom></w:p>`],
  [
    'a text box that stands twice',
    `<w:p><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:txbxContent>${p('扫码报名')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>${p('扫码报名')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:p>`,
  ],
  [
    'numbering that is nowhere',
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="99"/><w:numId w:val="-7"/></w:numPr></w:pPr><w:r><w:t>一般要求</w:t></w:r></w:p>',
  ],
  [
    'a field in a field',
    `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE 7月31日前</w:instrText></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${run('好')}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`,
  ],
  [
    'content controls in a row, a cell and a sentence',
    `<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>${cell(p('单位'))}</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl><w:sdt><w:sdtContent>${p('说明')}</w:sdtContent></w:sdt>`,
  ],
  [
    'merges that overlap',
    `<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/><w:gridSpan w:val="0"/></w:tcPr>${p('甲')}</w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/><w:gridSpan w:val="-3"/></w:tcPr>${p('乙')}</w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>`,
  ],
  [
    'a table of a thousand rows',
    table(
      [p('单位'), p('线下活动（场）')],
      ...Array.from({ length: 1_000 }, (_, n) => [p(`第${n}街道总工会`), p('3')]),
    ),
  ],
  ['a table without rows, a row without cells', '<w:tbl/><w:tbl><w:tr/></w:tbl>'],
  ['days that are none', p('于13月45日前、2月30日、99月报送，0月0日起至0月0日。')],
  ['numbers without end', p(`任务${'9'.repeat(400)}场，不少于${'9'.repeat(400)}%，每单位${'8'.repeat(400)}件`)],
  ['headings nested without end', times(400, (n) => p(`（${n}）${'一、'.repeat(50)}`))],
  ['brackets without end', p(`${'（'.repeat(4_000)}《${'“'.repeat(4_000)}不少于3场`)],
]

test.each(ODD)('%s is read, no day is made of it, and what is found becomes a package', async (_what, body) => {
  const bytes = docx(HEAD + p('请于8月5日前报送统计表。') + body + END)
  const { status, body: said, text } = await sendNotice(province, [{ name: '通知.docx', bytes }])
  expect([status, text.slice(0, 200)]).toEqual([200, expect.any(String)])
  expect(said.days.map(({ ends_on }: { ends_on: string }) => ends_on)).toEqual(['2023-08-05'])
  // what is found is what can be made, or a sentence says why not
  const made = await province.post('/campaigns/proposals/package', { proposal: said, answers: {} })
  expect([made.status, made.text.slice(0, 200)]).toEqual([200, expect.any(String)])
  const looked = await province.post('/campaigns/packages?check=1', made.body.package)
  expect([200, 422], looked.text.slice(0, 300)).toContain(looked.status)
})
