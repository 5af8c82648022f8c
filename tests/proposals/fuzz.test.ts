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
