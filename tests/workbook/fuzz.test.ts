// Spoilt workbooks, hundreds of them, uploaded as a clerk would: the server lives, answers in a sentence, and a
// check never writes a row. FUZZ_CASES=5000 FUZZ_SEED=7 npx vitest run tests/workbook/fuzz.test.ts looks further.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Form, forms, printField, registers, type Value } from '../../server/forms/index.ts'
import { csvOf, oddRows, randomOf, spoilBytes, spoilCsv, spoilXml, spoilZip } from '../support/mutate.ts'
import { fixture } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'
import { makeWorkbook } from '../support/zip.ts'

const cases = Number(process.env.FUZZ_CASES ?? 150)
const seed = Number(process.env.FUZZ_SEED ?? 20_190_618)
/** What takes less says nothing of who waited for whom. */
const AWHILE_MS = 2_000
/** The thread's own ceiling, what an upload weighs while it is handed over, and room for PostgreSQL's answers. */
const MOST_MB = 600

const bases = [
  ['propagandists', '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'],
  ['organizations', '附件3 基层工会组织统计表（合肥）.xlsx'],
  ['events', '线下活动汇总 合肥市(1).xlsx'],
  ['attendance', 'prefix-x.xlsx'],
  ['attendance', 'kinds-1900.xlsx'],
  ['attendance', 'no-refs.xlsx'],
] as const

const table = [
  ['活动名称', '姓名', '单位', '手机号', '签到时间'],
  ['网络安全知识竞赛', '王小明', '第一建筑公司，二分公司', '13800001027', '2019-06-18'],
  ['网络安全知识竞赛', '李"华"', '江淮厂\n三车间', '138 0000 1028', '2019.6.18 9:00'],
  ['网络安全知识竞赛', '张 三', '', '1.38E+10', '6月18日'],
]

let world: World
let hefei: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

type Case = { form: string; name: string; bytes: Buffer }

async function spoilt(n: number): Promise<Case> {
  const random = randomOf(seed + n)
  const [form, name] = random.pick(bases)
  const bytes = fixture(name)
  switch (random.below(10)) {
    case 0:
    case 1:
      return { form, name, bytes: spoilBytes(random, bytes) }
    case 2:
    case 3:
    case 4:
      return { form, name, bytes: await spoilXml(random, bytes) }
    case 5:
      return { form, name, bytes: await spoilZip(random, bytes) }
    case 6:
    case 7: {
      const form = random.pick([forms.organizations, forms.propagandists, forms.events, forms.reach]) as Form
      const fields = form.fields.filter((field) => !field.derived && field.type !== 'attachments')
      const good = (row: number) => {
        const values = sample[form.name]?.(random.below(1_000) * 20 + row) ?? {}
        return fields.map((field) => (field.type === 'reference' ? '' : printField(field, values[field.name] as Value)))
      }
      const labels = fields.map(({ label }) => label)
      return { form: form.name, name: '怪值.csv', bytes: csvOf(oddRows(random, labels, good)) }
    }
    default:
      return {
        form: 'attendance',
        name: `签到.${random.pick(['csv', 'tsv', 'txt', 'xls', 'xlsx'])}`,
        bytes: spoilCsv(random, table),
      }
  }
}

/** Everything a check must leave as it was. */
async function written(): Promise<string> {
  const counts = registers.map(({ name }) => `(select count(*) from ${name})`)
  const [row] = await world.owner<{ told: string }>(
    `select concat_ws(' ', ${counts.join()}, (select count(*) from changes where form <> 'imports'), (select count(*) from tally)) as told`,
  )
  return row?.told ?? ''
}

/** How long `work` took, and the slowest answer of the server to anybody else meanwhile, in ms. */
async function slowestMeanwhile<T>(work: () => Promise<T>): Promise<{ result: T; took: number; slowest: number }> {
  const begun = performance.now()
  let slowest = 0
  let is_over = false
  const watch = (async () => {
    while (!is_over) {
      const started = performance.now()
      await fetch(`${world.address}/healthz`).then((answer) => answer.text())
      slowest = Math.max(slowest, performance.now() - started)
      await new Promise((done) => setTimeout(done, 10))
    }
  })()
  try {
    const result = await work()
    return { result, took: performance.now() - begun, slowest }
  } finally {
    is_over = true
    await watch
  }
}

describe('spoilt workbooks', () => {
  test(
    `${cases} from seed ${seed}: answered in a sentence or with an outcome, and nothing is written`,
    async () => {
      const before = await written()
      const memory = process.memoryUsage().rss
      const seen = new Map<number, number>()
      let most = 0
      for (let n = 0; n < cases; n++) {
        const { form, name, bytes } = await spoilt(n)
        const which = `case ${n}: FUZZ_SEED=${seed + n} FUZZ_CASES=1, ${form} ${name}`
        const answer = await hefei.upload(`/${form}/imports`, bytes, name)
        most = Math.max(most, process.memoryUsage().rss - memory)
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
        if (answer.status === 200) {
          expect(answer.body, which).toMatchObject({ state: 'checked', rows: expect.any(Number) })
          const { rows, create, update, unchanged, repeated, wrong, conflicts = 0, left_out = 0 } = answer.body
          expect(create + update + unchanged + repeated + wrong + conflicts + left_out, which).toBe(rows)
          for (const { message } of answer.body.errors) expect(message, which).toMatch(/[\u4e00-\u9fff].*[。？]$/su)
        } else {
          expect([400, 409, 413, 422], `${which}: ${answer.text}`).toContain(answer.status)
          expect(answer.body.message, which).toMatch(/^[^<>]*[\u4e00-\u9fff][^<>]*[。？]$/u)
        }
      }
      expect(most / 1_048_576).toBeLessThan(MOST_MB)
      expect(await written()).toBe(before)
      // the seed gives both: files that are refused, and files that can still be read
      if (cases >= 100) expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 422]))
    },
    Math.max(cases * 1_000, 120_000),
  )

  const cellsOf = (row: number, count: number) => `<row r="${row}">${'<c s="0"/>'.repeat(count)}</row>`
  const hostile: Record<string, () => Buffer> = {
    'a million styled blanks': () =>
      makeWorkbook({
        sheet: `<sheetData>${Array.from({ length: 60 }, (_, n) => cellsOf(n + 1, 16_384)).join('')}</sheetData>`,
      }),
    '16,384 columns': () =>
      makeWorkbook({
        sheet: `<sheetData><row r="1">${'<c t="inlineStr"><is><t>姓名</t></is></c>'.repeat(16_384)}</row></sheetData>`,
      }),
    '20,000 parts': () =>
      makeWorkbook({
        sheet: '<sheetData/>',
        more: Array.from({ length: 20_000 }, (_, n) => ({ name: `xl/${n}.xml`, bytes: '' })),
      }),
    'a size that lies': () =>
      makeWorkbook({
        sheet: '<sheetData/>',
        change: (entry) => (entry.name.endsWith('sheet1.xml') ? { ...entry, claims: { size: 4_294_967_295 } } : entry),
      }),
    'names that climb': () =>
      makeWorkbook({ sheet: '<sheetData/>', change: (entry) => ({ ...entry, name: `../../${entry.name}` }) }),
  }

  test.each([
    ...['billion-laughs', 'bomb-one-cell-600mb', 'merge-deep', 'truncated', 'encrypted', 'xls-renamed'].map(
      (name) => `${name}.xlsx`,
    ),
    ...Object.keys(hostile),
  ])('%s: answered, and nobody else waits for it', async (name) => {
    const bytes = hostile[name]?.() ?? fixture(name)
    const { result, took, slowest } = await slowestMeanwhile(() =>
      hefei
        .upload('/attendance/imports', bytes, name.endsWith('.xlsx') ? name : `${name}.xlsx`)
        .then((answer) => answer),
    )
    // Reading it here would stop the server for as long as it takes.
    if (took > AWHILE_MS) expect(slowest).toBeLessThan(took / 2)
    // merged over the whole sheet, it can still be read: its one row has no activity
    if (name === 'merge-deep.xlsx') return expect(result.body).toMatchObject({ rows: 1, wrong: 1, create: 0 })
    // an old workbook, and an honest one
    if (name === 'xls-renamed.xlsx') return expect([200, 422]).toContain(result.status)
    expect(result.status, result.text).toBeGreaterThanOrEqual(400)
    expect(result.status, result.text).toBeLessThan(500)
    expect(result.body.message).toMatch(/[\u4e00-\u9fff]/)
  })
})
