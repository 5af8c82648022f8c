/** Workbooks of a notice, empty and filled, as proposed registers: what is read of them, and that their paper comes back the same. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FieldDefinition, type FormDefinition, isAdjustment, nameOfDefinition } from '../../server/forms/index.ts'
import { saidOnPaper } from '../../server/proposals/printed_lines.ts'
import type { Question } from '../../server/proposals/question.ts'
import { readSheets, type SheetRead } from '../../server/proposals/read_sheets.ts'
import type { RegisterProposal } from '../../server/proposals/register_proposal.ts'
import { type AnnexTable, tableOf } from '../../server/proposals/sheet_tables.ts'
import { randomOf, spoilBytes, spoilXml, spoilZip } from '../support/mutate.ts'
import { fetched, fixture } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

const NOTICES = 'tests/fixtures/notices'
/** The workbooks of all notices, as 2023滨海/附件3线下活动统计表.xlsx. */
const notices = readdirSync(NOTICES).flatMap((folder) =>
  readdirSync(`${NOTICES}/${folder}`).flatMap((name) => (name.endsWith('.xlsx') ? `${folder}/${name}` : [])),
)
const notice = (name: string) => readFileSync(`${NOTICES}/${name}`)

let world: World
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
})
afterAll(() => world?.close())

/** A campaign that is prepared, with the built-in registers and nothing of its own. */
let campaigns = 0
async function campaign(year = 2023): Promise<number> {
  const of = { year, name: `附件 ${++campaigns}`, starts_on: `${year}-03-01`, ends_on: `${year}-12-31` }
  return (await province.post('/campaigns', of).expect(201)).body.id
}

async function propose(bytes: Buffer, name: string, campaign_id?: number): Promise<RegisterProposal[]> {
  const query = campaign_id === undefined ? '' : `?campaign_id=${campaign_id}`
  const answer = await province.upload(`/form_designs/proposals${query}`, bytes, name)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

async function registerOf(name: string): Promise<RegisterProposal & { form: FormDefinition }> {
  const [first, ...others] = await propose(notice(name), name)
  expect(others).toEqual([])
  return first as RegisterProposal & { form: FormDefinition }
}

/** A column in one line: 人数/参加人数* integer. */
const inWords = ({ group, label, required, type, choices, max }: FieldDefinition) =>
  `${group ? `${group}/` : ''}${label}${required ? '*' : ''} ${type}${choices ? ` ${choices.length}` : ''}${max ? ` ≤${max}` : ''}`
const labelled = ({ fields }: FormDefinition, names: readonly string[]) =>
  names.map((name) => fields.find((field) => field.name === name)?.label)
const asked = (questions: readonly Question[]) => questions.map(({ id }) => id)

describe('what a workbook says', () => {
  test('滨海 附件3: the drop-down, the numbers, the day; what the notes free; the key', async () => {
    const { table, form, questions } = await registerOf('2023滨海/附件3线下活动统计表.xlsx')
    expect(table).toMatchObject({ kind: 'register', title: '“12351+”线下活动统计表', annex: 3, total: ['F5', 'G5'] })
    expect(form.fields.map(inWords)).toEqual([
      '活动名称* text',
      '活动时间* date',
      '活动地点* text',
      '主办单位* text',
      '人数/参加人数* integer',
      '人数/线上覆盖人数 integer',
      '活动形式* choice 7',
      '宣传链接 long_text',
    ])
    expect(form.fields.filter(({ sum }) => sum).map(({ label }) => label)).toEqual(['参加人数', '线上覆盖人数'])
    expect(form.keys.map((key) => labelled(form, key))).toEqual([['活动时间', '活动名称', '活动地点']])
    expect(asked(questions)).toEqual(expect.arrayContaining(['required', 'keys', 'measure', 'xuanchuanlianjie_type']))
  })

  test('陕西 附件3: marks, a month, a limit; the grey row is no data', async () => {
    const { table, form } = await registerOf('2024陕西/附件3AI应用案例汇总表.xlsx')
    expect(table.rows).toMatchObject({ filled: 0, examples: 1 })
    expect(form.fields.map(inWords)).toEqual([
      '案例名称* text',
      '申报单位* text',
      '应用场景* choice 6',
      '使用的模型或工具 text',
      '上线时间* month',
      '服务人数 integer',
      '联系人/姓名* text ≤40',
      '联系人/手机* phone',
      '案例简介* long_text ≤200',
      '备注 long_text',
    ])
    expect(form.keys.map((key) => labelled(form, key))).toEqual([['案例名称', '申报单位']])
  })

  test('劳模 附件2: choices of a hidden sheet, which is no register; 身份证号码 is left out and said so', async () => {
    const { table, form, questions } = await registerOf('2025劳模推荐/附件2推荐对象汇总表.xlsx')
    expect(form.fields.map(inWords)).toEqual([
      '拟授称号* choice 2',
      '姓名* text ≤40',
      '性别* choice 2',
      '民族* text',
      '出生年月* month',
      '政治面貌* choice 4',
      '文化程度* text',
      '工作单位* text',
      '职务职称/职务* text',
      '职务职称/职称 text',
      '人员类别* choice 9',
      '曾获荣誉（市厅级以上，填最高一项）/荣誉名称* text',
      '曾获荣誉（市厅级以上，填最高一项）/授予单位* text',
      '曾获荣誉（市厅级以上，填最高一项）/授予时间* month',
      '联系方式/手机号码* phone',
      '联系方式/通讯地址* text',
      '主要事迹* long_text ≤150',
    ])
    expect(form.keys.map((key) => labelled(form, key))).toEqual([['手机号码'], ['姓名', '工作单位']])
    expect(table.columns.filter(({ is }) => is !== 'field').map(({ heading, is }) => `${heading} ${is}`)).toEqual([
      '序号 number',
      '推荐单位 unit',
      '身份证号码 hand',
    ])
    expect(questions.find(({ id }) => id === 'left_out_N4')?.says).toContain('身份证号')
  })

  test('滨海 附件2 is a table of quotas, no register', async () => {
    const [proposal] = await propose(notice('2023滨海/附件2任务分配表.xlsx'), '附件2.xlsx')
    expect(proposal).toMatchObject({ table: { kind: 'quotas', rows: { filled: 24 } }, form: null })
  })

  test('every question offers what is proposed first, and says where it comes from', async () => {
    for (const name of notices)
      for (const { questions } of await propose(notice(name), name))
        for (const { says, options } of questions) {
          expect(says).toMatch(/[。？]$/)
          expect(options.length).toBeGreaterThan(0)
        }
  })
})

test('a filled form equals a built-in register: what would be changed of it is proposed, and a register beside it', async () => {
  const [proposal] = await propose(fixture('附件4 职工好网民宣传员登记表（合肥）(2).xlsx'), '附件4.xlsx')
  expect(proposal?.form).toMatchObject({ extends: 'propagandists', rename: { phone: '手机' } })
  expect(proposal?.questions[0]).toMatchObject({
    about: 'form',
    options: [{}, { value: { label: '职工好网民宣传员' } }],
  })
})

test('a filled form goes on to be imported: 滨海 with exactly its three faults', async () => {
  const name = '2023滨海/附件3-填好-海滨街道.xlsx'
  const [proposal] = await propose(notice('2023滨海/附件3线下活动统计表.xlsx'), name, world.campaign_id)
  const register = await published(proposal as RegisterProposal, world.campaign_id)
  const hefei = await world.as('hefei')
  const answer = await hefei.upload(`/${register}/imports`, notice(name), name, {
    campaign_id: String(world.campaign_id),
  })
  expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBe(200)
  expect(answer.body).toMatchObject({ rows: 14 })
  const faults = (answer.body.errors as { cell: string }[]).map(({ cell }) => cell.replace(/^.*!/, ''))
  expect(faults.sort()).toEqual(['C9', 'F10', 'F14'])
})

test('the province alone may ask, and what imports refuse is refused here', async () => {
  const hefei = await world.as('hefei')
  const bytes = notice('2023滨海/附件3线下活动统计表.xlsx')
  await hefei.upload('/form_designs/proposals', bytes, '附件3.xlsx').expect(403)
  for (const name of ['billion-laughs.xlsx', 'truncated.xlsx', 'encrypted.xlsx'])
    await province.upload('/form_designs/proposals', fixture(name), name).expect(422)
  await province.upload('/form_designs/proposals', fixture('bomb-one-cell-600mb.xlsx'), 'bomb.xlsx').expect(413)
  await province.upload('/form_designs/proposals', fixture('附件4（Excel 97）.xls'), '附件4.xls').expect(200)
})

/** Drafts and publishes what is proposed; answers the register's name. */
async function published({ form }: RegisterProposal, campaign_id: number): Promise<string> {
  const made = await province.post('/form_designs', { campaign_id, definition: form })
  expect(made.status, JSON.stringify(made.body.errors ?? made.body)).toBe(201)
  const done = await province.post(`/form_designs/${made.body.id}/publication`, { version: made.body.version })
  expect(done.status, JSON.stringify(done.body)).toBe(200)
  return nameOfDefinition(form as FormDefinition)
}

// The paper -----------------------------------------------------------------------------------------------------------

async function firstTable(bytes: Buffer): Promise<{ sheet: SheetRead; table: AnnexTable }> {
  for await (const message of readSheets({ bytes, file_name: 'a.xlsx' })) {
    const table = message.kind === 'sheet' ? tableOf(message.sheet) : undefined
    if (message.kind === 'sheet' && table) return { sheet: message.sheet, table }
  }
  throw new Error('no table')
}

/** All of a form that a person sees on paper: lines, headings, merges, widths, what is added up; without what was filled in. */
async function paperIn(bytes: Buffer) {
  const { sheet, table } = await firstTable(bytes)
  const said = saidOnPaper(table)
  const { from, to } = table.heading
  const foot = table.total?.row ?? table.below[0]?.row ?? Number.POSITIVE_INFINITY
  const merges = sheet.merges.flatMap((merge) => {
    if (merge.to_row <= to) return [{ ...merge }]
    if (merge.from_row < foot) return []
    return [{ ...merge, from_row: merge.from_row - foot + 1000, to_row: merge.to_row - foot + 1000 }]
  })
  const lines = (of: typeof said.above) =>
    of.map(({ role, cells }) => ({
      role,
      cells: cells
        .map(({ text, ...span }) => ({
          ...span,
          text: text
            .replace(/\{(unit|by|on)(\|[^}]*)?\}/g, '')
            .replace(/\{(year|annex)\|[^}]*\}/g, '{$1}')
            .trimEnd(),
        }))
        .filter(({ text }) => text.trim() !== ''),
    }))
  return {
    above: lines(said.above),
    heading: table.columns.map(({ heading, group, column }) => ({ heading, group, column })),
    rows: [from, to],
    widths: table.columns.map(({ width }) => (width === undefined ? undefined : Math.round(width * 100) / 100)),
    total: table.total?.cells.filter(({ text }) => /计/.test(text)),
    below: lines(said.below),
    merges: merges.map((merge) => Object.values(merge).join(' ')).sort(),
  }
}

/** Left out: its heading counts in 万, and the register in ones; 序号 alone is no form. */
const NO_FORM = ['B14-传播-单位在表头-滁州.xlsx', 'kinds-1900.xlsx', 'no-refs.xlsx', 'R08b-签到-表头少数字-淮南.xlsx']
const REFUSED = /billion|bomb|truncated|encrypted|xls-renamed|merge-deep|prefix-x/
const uploaded = [
  ...notices.map((name) => [name, () => notice(name)] as const),
  ...readdirSync('tests/fixtures/workbooks')
    .filter((name) => name.endsWith('.xlsx') && !REFUSED.test(name) && !NO_FORM.includes(name) && !/附件1/.test(name))
    .map((name) => [name, () => fixture(name)] as const),
].filter(([name]) => !name.includes('任务分配'))

describe('the paper of the register comes back as it was uploaded', () => {
  test.each(uploaded)('%s', async (name, read) => {
    const id = await campaign()
    const [proposal] = await propose(read(), name, id)
    const register = await published(proposal as RegisterProposal, id)
    const given = await paperIn(read())
    const template = await paperIn(await fetched(province, `/${register}/template.xlsx`, { campaign_id: id }))
    const isDeclared = given.widths.every((width) => width !== undefined)
    expect({ ...template, widths: isDeclared ? template.widths : [] }).toEqual({
      ...given,
      widths: isDeclared ? given.widths : [],
    })
    const exported = await paperIn(
      await fetched(province, `/${register}/export.xlsx`, { filter: { campaign_id: id, unit_id: 1 } }),
    )
    expect(exported.heading.filter(({ heading }) => !heading.startsWith('行标识'))).toEqual(given.heading)
  })
})

test('an adjustment and a register of its own may both carry a paper', async () => {
  const [known] = await propose(fixture('附件3 基层工会组织统计表（合肥）.xlsx'), '附件3.xlsx')
  expect(known?.form && isAdjustment(known.form)).toBe(true)
  expect(known?.form?.paper?.columns[0]).toEqual({ of: 'number', heading: '序号', width: 6 })
})

test('spoilt workbooks are read or refused in a sentence, and the next one is read', async () => {
  const bases = notices.map(notice)
  for (let n = 0; n < 60; n++) {
    const random = randomOf(20_230_619 + n)
    const bytes = random.pick(bases)
    const spoilt = n % 3 === 0 ? spoilBytes(random, bytes) : await (n % 3 === 1 ? spoilXml : spoilZip)(random, bytes)
    const answer = await province.upload('/form_designs/proposals', spoilt, `${n}.xlsx`)
    expect([200, 413, 422], `${n}: ${JSON.stringify(answer.body).slice(0, 200)}`).toContain(answer.status)
    if (answer.status !== 200) expect(answer.body.message).toMatch(/。$/)
  }
  await propose(notice('2023滨海/附件3线下活动统计表.xlsx'), '附件3.xlsx')
})
