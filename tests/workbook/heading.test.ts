// Finding the heading of a form in a sheet, and telling data from what stands around it.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { forms } from '../../server/forms/index.ts'
import { type CellRange, parseRange, textCell } from '../../server/workbook/cells.ts'
import { findHeading, type Heading } from '../../server/workbook/heading.ts'
import { fillDown, type LineKind, lineReader } from '../../server/workbook/lines.ts'
import { readWorkbook, type SheetRow } from '../../server/workbook/read.ts'

type Given = string | number | undefined

function makeRows(lines: Given[][]): SheetRow[] {
  return lines.map((line, index) => ({
    number: index + 1,
    hidden: false,
    cells: line.map((value) =>
      typeof value === 'number'
        ? { kind: 'number' as const, value, text: String(value) }
        : value
          ? textCell(value)
          : undefined,
    ),
  }))
}

const form = (name: string) => {
  const found = forms[name]
  if (!found) throw new Error(name)
  return found
}

function find(name: string, lines: Given[][], merges: string[] = []): Heading | undefined {
  const ranges = merges.map(parseRange).filter((range): range is CellRange => range !== undefined)
  return findHeading(makeRows(lines), ranges, form(name))
}

const mapped = (heading: Heading | undefined) => heading?.columns.map((each) => each.field ?? each.kind)

async function firstSheet(file: string) {
  const bytes = readFileSync(new URL(`../fixtures/workbooks/${file}`, import.meta.url))
  const workbook = await readWorkbook(bytes, file)
  return Promise.all(
    workbook.sheets.map(async (sheet) => {
      const rows: SheetRow[] = []
      for await (const batch of sheet.rows()) rows.push(...batch)
      return { ...sheet, rows }
    }),
  )
}

const countKinds = (rows: SheetRow[], heading: Heading) => {
  const counts: Partial<Record<LineKind, number>> = {}
  for (const row of rows) {
    if (row.number <= heading.to) continue
    const kind = lineReader(heading)(row)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

describe('headings of the files clerks send', () => {
  test.each([
    ['quotas', '附件1 2019年任务分配表.xlsx', [3, 3], { data: 16, total: 1 }],
    ['organizations', '附件3 基层工会组织统计表（合肥）.xlsx', [4, 5], { data: 24, total: 1, sign_off: 1, note: 1 }],
    ['propagandists', '附件4 职工好网民宣传员登记表（合肥）(2).xlsx', [5, 6], { data: 62, total: 1, sign_off: 1 }],
    ['events', '线下活动汇总 合肥市(1).xlsx', [4, 4], { data: 18, total: 1, sign_off: 1 }],
    ['attendance', '附件6 签到表 合肥（5000人次）.xlsx', [4, 4], { data: 5000 }],
  ])('%s: %s', async (name, file, [from, to], kinds) => {
    const [sheet] = await firstSheet(file)
    const heading = findHeading(sheet?.rows ?? [], sheet?.merges ?? [], form(name))
    expect(heading).toMatchObject({ from, to })
    expect(heading?.columns.filter((column) => column.guessed)).toEqual([])
    expect(heading && countKinds(sheet?.rows ?? [], heading)).toEqual(kinds)
    if (name !== 'quotas') {
      expect(heading?.remarks.find((remark) => remark.label === '填报单位')?.value).toBe('合肥市总工会')
    }
  })

  test('附件4: moved, renamed and foreign columns; 身份证号 is not to be read; 填表说明 has no heading', async () => {
    const [sheet, notes] = await firstSheet('附件4 职工好网民宣传员登记表（合肥）(2).xlsx')
    const heading = findHeading(sheet?.rows ?? [], sheet?.merges ?? [], form('propagandists'))
    expect(mapped(heading)).toEqual([
      'number',
      'name',
      'gender',
      'forbidden',
      'job',
      'organization_id',
      'political_status',
      'education',
      'phone',
      'unknown',
      'platform',
      'account',
      'followers',
      'strength',
      'appointed_on',
    ])
    expect(heading?.columns[8]?.heading).toBe('联系方式 手机')
    expect(findHeading(notes?.rows ?? [], notes?.merges ?? [], form('propagandists'))).toBeUndefined()
  })

  test('附件3: 上级工会 merged downwards goes to every row of the merge, and stops with it', async () => {
    const [sheet] = await firstSheet('附件3 基层工会组织统计表（合肥）.xlsx')
    const rows = sheet?.rows ?? []
    const heading = findHeading(rows, sheet?.merges ?? [], form('organizations'))
    if (!heading) throw new Error('no heading')
    const fill = fillDown(sheet?.merges ?? [], heading)
    const unions = rows.filter((row) => row.number > 5).map((row) => fill(row).cells[4]?.text)
    expect(unions.slice(0, 8)).toEqual(Array(8).fill('合肥市皖河区总工会'))
    expect(unions.slice(8, 16)).toEqual(Array(8).fill('合肥市徽岚区总工会'))
    expect(unions.slice(16, 24)).toEqual(Array(8).fill('合肥市直属机关工会工作委员会'))
    expect(unions.slice(24)).toEqual([undefined, undefined, undefined])
  })
})

describe('headings made by hand', () => {
  test('every form is found by its own labels, in any order, with marks of obligation', () => {
    for (const each of Object.values(forms)) {
      const labels = each.fields.map((field) => (field.required ? `*${field.label}：` : ` ${field.label} `)).reverse()
      const heading = find(each.name, [['某某统计表'], labels])
      expect(heading?.from, each.name).toBe(2)
      expect(heading?.columns.map((column) => column.guessed ?? false)).not.toContain(true)
      expect(mapped(heading)).toEqual(each.fields.map((field) => field.name).reverse())
    }
  })

  test('every form is found by its two-row heading with groups', () => {
    for (const each of Object.values(forms)) {
      if (!each.fields.some((field) => field.group)) continue
      const upper = each.fields.map((field, index) =>
        field.group ? (each.fields[index - 1]?.group === field.group ? undefined : field.group) : field.label,
      )
      const lower = each.fields.map((field) => (field.group ? field.label : undefined))
      const heading = find(each.name, [upper, lower, each.fields.map(() => 1)])
      expect([heading?.from, heading?.to], each.name).toEqual([1, 2])
      expect(mapped(heading)).toEqual(each.fields.map((field) => field.name))
    }
  })

  test('three rows, joined; each field once; columns that are missing stay missing', () => {
    const heading = find(
      'propagandists',
      [
        ['序号', '基本情况', undefined, undefined, '联系方式', undefined],
        [undefined, '姓名', '单位及职务', '发展日期', '电话', undefined],
        [undefined, undefined, undefined, undefined, '手机', '座机'],
        [1, '程雨桐', '某厂 电工', '2019-06-18', '13800001027', ''],
      ],
      ['A1:A3', 'B1:D1', 'E1:F1', 'B2:B3', 'C2:C3', 'D2:D3', 'E2:F2'],
    )
    expect([heading?.from, heading?.to]).toEqual([1, 3])
    expect(mapped(heading)).toEqual(['number', 'name', 'job', 'appointed_on', 'phone', 'unknown'])
  })

  test('a likeness is a guess, and told as one', () => {
    const heading = find('propagandists', [['姓名', '手机号', '单位及职务', '聘任发展日期']])
    expect(heading?.columns[3]).toMatchObject({ field: 'appointed_on', guessed: true })
  })

  test('the first row of data is never part of the heading', () => {
    const heading = find('attendance', [
      ['活动名称', '姓名', '单位'],
      ['知识竞赛', '程雨桐', '某厂'],
    ])
    expect([heading?.from, heading?.to]).toEqual([1, 1])
  })

  test('a sheet of prose, a list of choices and another form have no heading', () => {
    expect(find('propagandists', [['填表说明'], ['1.手机号为11位数字。'], ['2.姓名须与身份证一致。']])).toBeUndefined()
    expect(find('propagandists', [['摄影'], ['视频'], ['写作']])).toBeUndefined()
    expect(find('propagandists', [['渠道', '标题', '发布日期', '阅读量']])).toBeUndefined()
  })

  test('reads what stands above: in one cell, in the next cell, several in a line', () => {
    const heading = find('attendance', [
      ['附件6'],
      ['“网聚职工”知识竞赛签到表'],
      ['填报单位（盖章）：合肥市总工会    填报人：程雨桐    填报日期：2019年8月20日'],
      ['活动名称：', '“网聚职工”知识竞赛', '活动日期:', '2019.6.18'],
      ['序号', '姓名', '单位', '手机号'],
    ])
    expect(heading?.from).toBe(5)
    expect(heading?.title?.text).toBe('“网聚职工”知识竞赛签到表')
    expect(heading?.remarks.map(({ label, value, row, column }) => [label, value, row, column])).toEqual([
      ['填报单位', '合肥市总工会', 3, 0],
      ['填报人', '程雨桐', 3, 0],
      ['填报日期', '2019年8月20日', 3, 0],
      ['活动名称', '“网聚职工”知识竞赛', 4, 1],
      ['活动日期', '2019.6.18', 4, 3],
    ])
  })
})

describe('lines below a heading', () => {
  const heading = find('propagandists', [['序号', '姓名', '工作单位及职务', '手机号', '发展日期', '粉丝数']])
  const kindOf = (line: Given[]) => {
    if (!heading) throw new Error('no heading')
    const [row] = makeRows([line])
    return row && lineReader(heading)(row)
  }

  test.each<[LineKind, Given[]]>([
    ['data', [1, '程雨桐', '某厂 电工', '13800001027', '2019-06-18', 20]],
    ['data', [undefined, '程雨桐']],
    ['data', [1, '合力', '某厂 电工']],
    ['blank', [7]],
    ['blank', [7, '  ']],
    ['total', ['合 计', undefined, undefined, undefined, undefined, 20]],
    ['total', [undefined, '总计：', 12]],
    ['total', [3, '合计', undefined, undefined, undefined, 20]],
    ['heading', ['序号', '姓 名', '工作单位及职务', '手机号', '发展日期', '粉丝数']],
    ['sign_off', ['单位负责人（签字）：       审核人：      填表人：']],
    ['sign_off', [undefined, '填报单位（盖章）', undefined, '填报日期：2019年8月20日']],
    ['note', ['填表说明：1.姓名与证件一致']],
    ['note', ['注：手机号为 11 位']],
  ])('%s', (kind, line) => {
    expect(kindOf(line)).toBe(kind)
  })
})
