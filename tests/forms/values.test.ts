// What people write into a cell and what it is understood as: days, moments, phones, numbers, cells that say nothing.
import { describe, expect, test } from 'vitest'
import { type Field, fieldOf, forms, readField } from '../../server/forms/index.ts'
import { nearest } from '../../server/imports/decide/proposals.ts'

const year = 2019
const field = (form: string, name: string): Field => fieldOf(forms[form] as (typeof forms)[string], name) as Field
const read = (form: string, name: string, cell: unknown) => {
  const parsed = readField(field(form, name), cell, { year })
  return 'value' in parsed ? parsed.value : parsed.error
}

describe('days', () => {
  test.each([
    '2019-06-18',
    '2019-6-18',
    '2019/6/18',
    '2019.6.18',
    '2019。6。18',
    '2019、6、18',
    '2019 6 18',
    '2019年6月18日',
    '2019 年 6 月 18 号',
    '２０１９年６月１８日',
    '20190618',
    20190618,
    43634,
    '6月18日',
    '6.18',
    6.18,
    '06.18',
    '6/18',
    '6-18',
    '19年6月18日',
    '19.6.18',
    '2019-6-18 9:00',
    '2019-06-18T09:00:00',
    '2019-6-18 上午9:00',
    '2019年6月18日9时30分',
    '2019年6月18日上午',
    '2019年6月18日 星期二',
    '2019-6-18（周二）',
  ])('%s is 2019-06-18', (cell) => {
    expect(read('propagandists', 'appointed_on', cell)).toBe('2019-06-18')
  })

  test.each([
    ['6.1', '分不清是 1 日还是 10 日'],
    [6.2, '分不清是 2 日还是 20 日'],
    ['2019年6月18日-20日', '是一段日期，请只写一天'],
    ['2019.6.18-6.20', '是一段日期，请只写一天'],
    ['6月中旬', '看不出是哪一天'],
    ['18/6/2019', '看不出是哪一天'],
    ['09.6.18', '看不出是哪一天'],
    ['2019-6-31', '6 月没有 31 日'],
    ['2019年6月', '看不出是哪一天'],
  ])('%s is refused: %s', (cell, words) => {
    expect(read('propagandists', 'appointed_on', cell)).toContain(words)
  })
})

test.each([
  ['2019-6-18 下午3:05', '2019-06-18T15:05:00'],
  ['2019-6-18 中午12:30', '2019-06-18T12:30:00'],
  ['2019年6月18日晚上7点半', '2019-06-18T19:30:00'],
  ['6月18日 9时5分', '2019-06-18T09:05:00'],
  ['2019-06-18 09:30:15', '2019-06-18T09:30:15'],
  ['2019-06-18', '2019-06-18T00:00:00'],
  ['2019-06-18 25:00', '签到时间没有 25:00 这个时间。'],
])('the moment %s', (cell, value) => {
  expect(read('attendance', 'signed_at', cell)).toBe(value)
})

describe('phones', () => {
  test.each([
    13800001027,
    '138 0000 1027',
    '138-0000-1027',
    '+86 138 0000 1027',
    '008613800001027',
    '(86)13800001027',
    '１３８００００１０２７',
    '13800001027.0',
  ])('%s', (cell) => {
    expect(read('propagandists', 'phone', cell)).toBe('13800001027')
  })

  test.each([
    ['1.38E+10', '末几位丢了'],
    [1.38e10, '像是被 Excel 改成了科学计数'],
    [13800000000, '像是被 Excel 改成了科学计数'],
    ['13800001027/13800001028', '不止一个号码'],
    ['13800001027\n13800001028', '不止一个号码'],
    ['138****1027', '不完整'],
    ['1380000102', '现在是 10 位'],
    ['138O0001027', '不是手机号'],
  ])('%s is refused: %s', (cell, words) => {
    expect(read('propagandists', 'phone', cell)).toContain(words)
  })
})

test.each([
  ['1,234', 1234],
  ['1.2万', 12_000],
  ['1.2w', 12_000],
  ['3千', 3000],
  ['12．5万', 125_000],
  ['100人', 100],
  ['约100', '粉丝数应是整数，现在是“约100”。'],
  ['100+', '粉丝数应是整数，现在是“100+”。'],
])('the number %s', (cell, value) => {
  expect(read('propagandists', 'followers', cell)).toBe(value)
})

test.each(['/', '／', '—', '——', '-', '无', '暂无'])('%s says nothing where nothing has to be said', (cell) => {
  const optional = ['credit_code', 'phone', 'staff_count'] as const
  for (const name of optional) expect(read('organizations', name, cell)).toBeNull()
  for (const name of ['gender', 'born_in', 'platform', 'organization_id'] as const)
    expect(read('propagandists', name, cell)).toBeNull()
  expect(read('propagandists', 'phone', cell)).not.toBeNull()
  // words are kept as they are, and 无 is an answer to yes or no
  expect(read('organizations', 'parent_union', cell)).toBe(cell)
  expect(read('events', 'with_cac', '无')).toBe(false)
})

describe('near misses of choices', () => {
  const choices = (form: string, name: string) => {
    const { choices = [], also = {} } = field(form, name)
    return nearest([
      ...choices.map((value) => ({ text: value, value })),
      ...Object.entries(also).map(([text, value]) => ({ text, value })),
    ])
  }
  test.each([
    ['platform', '斗音', '抖音'],
    ['platform', '信微', '微信公众号'],
    ['platform', '微信公众平台', '微信公众号'],
    ['education', '本可', '本科'],
    ['political_status', '团圆', '共青团员'],
    ['gender', '男性', '男'],
  ])('%s: %s may mean %s', (name, words, value) => {
    expect(choices('propagandists', name)(words)?.[0]?.value).toBe(value)
  })

  test('nothing is proposed for words that are like none', () => {
    for (const words of ['B站', '无名', '甲']) expect(choices('propagandists', 'platform')(words)).toEqual([])
  })
})
