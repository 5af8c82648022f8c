/** Papers without a server: which blanks there are, what is written into them and read back, whatever it is and however it is filled. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Form, PrintBlank } from '../../server/forms/index.ts'
import { blanksIn } from '../../server/prints/blanks.ts'
import { readBlocks } from '../../server/prints/blocks.ts'
import { fillDocx } from '../../server/prints/fill_docx.ts'
import { fillXlsx } from '../../server/prints/fill_xlsx.ts'
import { filledForms } from '../../server/prints/filled_form.ts'
import type { Table } from '../../server/proposals/notice/document.ts'
import { media } from '../support/media.ts'
import { accountPaper, approvalPaper, eventPaper, filesOfZip, paperOf } from '../support/prints.ts'

/** A paper as rows of words: `>` is merged with the cell to its left, `^` with the one above. */
function paperFrom(lines: readonly string[][]): Table {
  const cells: Table['cells'] = []
  const owner = (row: number, column: number) =>
    cells.find(
      (cell) =>
        cell.row <= row && row < cell.row + cell.rows && cell.column <= column && column < cell.column + cell.columns,
    )
  for (const [row, line] of lines.entries())
    for (const [column, text] of line.entries()) {
      if (owner(row, column)) continue
      let [columns, rows] = [1, 1]
      while (line[column + columns] === '>') columns++
      while (lines[row + rows]?.[column] === '^') rows++
      cells.push({ row, column, rows, columns, text })
    }
  return { kind: 'table', id: '表1', n: 1, from_row: 0, rows: lines.length, columns: lines[0]?.length ?? 0, cells }
}
const told = (lines: readonly string[][]) =>
  blanksIn([paperFrom(lines)]).map(({ at, label, group, nth }) => [
    at.slice(3),
    [group, label, nth].filter(Boolean).join(' '),
  ])

describe('a blank goes by', () => {
  test.each([
    ['the label to its left', [['姓名', '', '性别', '']], { B1: '姓名', D1: '性别' }],
    [
      'the label above it',
      [
        ['姓名', '性别'],
        ['', ''],
      ],
      { A2: '姓名', B2: '性别' },
    ],
    [
      'a label over the whole width',
      [
        ['主要事迹', '>'],
        ['', '>'],
      ],
      { A2: '主要事迹' },
    ],
    ['its number among several', [['电话', '', '']], { B1: '电话 1', C1: '电话 2' }],
    [
      'a merged heading and its label',
      [
        ['联系人', '姓名', ''],
        ['^', '手机', ''],
      ],
      { C1: '联系人 姓名', C2: '联系人 手机' },
    ],
    [
      'a heading over two columns and theirs',
      [
        ['学历', '>', '职称'],
        ['学校', '专业', '^'],
        ['', '', ''],
      ],
      { A3: '学历 学校', B3: '学历 专业', C3: '职称' },
    ],
    [
      'its row of a table',
      [
        ['作品', '标题', '链接'],
        ['^', '', ''],
        ['^', '', ''],
      ],
      { B2: '作品 标题 1', C2: '作品 链接 1', B3: '作品 标题 2', C3: '作品 链接 2' },
    ],
    [
      'the names of its row and its column',
      [
        ['', '学校', '专业'],
        ['本科', '', ''],
        ['硕士', '', ''],
      ],
      { B2: '本科 学校', C2: '本科 专业', B3: '硕士 学校', C3: '硕士 专业' },
    ],
    [
      'no title',
      [
        ['推荐表', '>'],
        ['姓名', ''],
      ],
      { B2: '姓名' },
    ],
    [
      'a picture’s name beside its room',
      [
        ['照片', ''],
        ['姓名', ''],
      ],
      { B1: '照片', B2: '姓名' },
    ],
    [
      'a colon',
      [
        ['填报人：　　电话：　　', '>'],
        ['姓名', ''],
      ],
      { 'A1#1': '填报人', 'A1#2': '电话', B2: '姓名' },
    ],
  ] as const)('%s', (_what, lines, wanted) => {
    expect(Object.fromEntries(told(lines as unknown as string[][]))).toEqual(wanted)
  })
})

const papers = [
  ['推荐审批表.docx', () => Promise.resolve(approvalPaper), 'docx'],
  ['网络达人推荐表.docx', () => Promise.resolve(accountPaper), 'docx'],
  ['活动登记表.xlsx', eventPaper, 'xlsx'],
] as const

const MARKUP = [
  '<w:t>',
  '&amp;',
  '</w:p>',
  '=1+1',
  '{x}',
  '{{',
  '\ue8f0',
  ']]>',
  '"',
  "'",
  '　',
  '年',
  '同意。',
  '👍',
  '\u0007',
  'A',
  '1',
  '\n',
]
const words = fc.array(fc.oneof(fc.constantFrom(...MARKUP), fc.string({ unit: 'grapheme', maxLength: 3 })), {
  minLength: 1,
  maxLength: 6,
})
/** What of a value a paper can hold, as it is compared: lines without the blanks around them. */
const plain = (text: string) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no paper can hold
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ue8f0\ue8f1\ufffe\uffff]/g, '')
    .split(/\n/)
    .map((line) => line.replace(/\s+/gu, ''))
    .filter((line) => line !== '')

describe.each(papers)('%s', (_name, bytesOf, format) => {
  const fill = format === 'docx' ? fillDocx : fillXlsx

  test('gives back whatever was written into it, as text', async () => {
    const bytes = await bytesOf()
    const template = await readBlocks(bytes, 'paper', format)
    const blanks: PrintBlank[] = blanksIn(template).map((blank) => ({ ...blank, field: 'x' }))
    await fc.assert(
      fc.asyncProperty(fc.array(words, { minLength: blanks.length, maxLength: blanks.length }), async (lists) => {
        const values = Object.fromEntries(
          blanks.map(({ at, kind, choices = [] }, n) => {
            // a word of its own at both ends: blanks and underlines alone are room, a line of brackets is a hint
            const text = `甲${(lists[n] ?? []).join('')}乙`
            return [at, kind === 'choices' ? (choices[n % choices.length] ?? '') : at.includes('#') ? '甲乙' : text]
          }),
        )
        const filled = await fill(bytes, blanks, [
          { values, pictures: {} },
          { values, pictures: {} },
        ])
        const forms = filledForms(await readBlocks(filled, 'filled', format), template, blanks)
        expect(forms.map(({ missing, strays }) => [missing, strays])).toEqual([
          [[], []],
          [[], []],
        ])
        for (const form of forms)
          for (const { at, kind } of blanks)
            if (kind !== 'picture') expect([at, plain(form.values[at] ?? '')]).toEqual([at, plain(values[at] ?? '')])
      }),
      { numRuns: 12, seed: 38 },
    )
  }, 60_000)
})

test('a picture lies in its cell, as large as fits, in a document and in a sheet', async () => {
  const bytes = media.png?.bytes as Buffer
  const picture = { bytes, type: 'image/png' as const, width: 300, height: 600 }
  const sheet = await paperOf({
    title: '登记表',
    fields: [{ label: '照片' }, { label: '姓名' }] as unknown as Form['fields'],
  })
  for (const [paper, format, media] of [
    [approvalPaper, 'docx', 'word/media/'],
    [sheet, 'xlsx', 'xl/media/'],
  ] as const) {
    const blanks: PrintBlank[] = blanksIn(await readBlocks(paper, 'paper', format)).map((each) => ({
      ...each,
      field: 'x',
    }))
    const { at = '' } = blanks.find(({ kind }) => kind === 'picture') ?? {}
    const fill = format === 'docx' ? fillDocx : fillXlsx
    const filled = await filesOfZip(await fill(paper, blanks, [{ values: {}, pictures: { [at]: picture } }]))
    expect([...filled].flatMap(([name, each]) => (name.startsWith(media) ? [each] : []))).toEqual([bytes])
    const drawn = [...filled].find(([name]) => /drawing1\.xml$|document\.xml$/.test(name))?.[1].toString() ?? ''
    const [, width, height] = /<(?:a|xdr|wp):ext(?:ent)? cx="(\d+)" cy="(\d+)"/.exec(drawn) ?? []
    expect([format, Number(height) / Number(width)]).toEqual([format, expect.closeTo(2, 1)])
  }
})

test('a form filled by hand is read as it is meant: ticks in the box’s place, days under a seal, rows put in, blanks in labels', () => {
  const empty = [
    ['姓  名', '', '性  别', '□男 □女'],
    ['单位意见', '（盖章）\n年　　月　　日', '>', '>'],
    ['事迹', '（限800字以内）', '>', '>'],
  ]
  const template = [paperFrom(empty)]
  const blanks: PrintBlank[] = blanksIn(template).map((blank) => ({ ...blank, field: 'x' }))
  const filled = [
    ['推荐表', '>', '>', '>'],
    ['姓 名', '丁一', '性别', '□男 √女'],
    ['单位意见', '同意推荐。\n测试厂（盖章）\n2025年3月1日', '>', '>'],
    ['事 迹', '（限800字以内）\n攻关十项。', '>', '>'],
    ['备注', '另附照片', '>', '>'],
  ]
  const [form] = filledForms([paperFrom(filled)], template, blanks)
  expect(Object.values(form?.values ?? {})).toEqual(['丁一', '女', '同意推荐。', '攻关十项。'])
  const [beside] = filledForms([paperFrom(filled), paperFrom([['另附', '三张照片']])], template, blanks)
  expect(beside?.strays.map(({ text }) => text)).toEqual(['推荐表', '备注', '另附照片', '另附', '三张照片'])
  expect(form?.strays).toEqual([
    { label: '表1!A1', text: '推荐表' },
    { label: '表1!A5', text: '备注' },
    { label: '备注', text: '另附照片' },
  ])
})
