// Workbooks we write: what stands on the paper, how it is laid out and printed, and that every value is read back as it
// was. The goldens in fixtures/layouts say it in words; `vitest -u` writes them anew, and git shows what changed.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spool } from '../../server/files/spool.ts'
import { type Form, forms, registers } from '../../server/forms/index.ts'
import { formColumns } from '../../server/forms/paper/columns.ts'
import type { CellValue, SheetLayout } from '../../server/forms/paper/layout.ts'
import { formLayout } from '../../server/forms/paper/printed.ts'
import { annexOne } from '../../server/workbook/annexes.ts'
import { findHeading } from '../../server/workbook/heading.ts'
import { disposition, fileName, sheetName } from '../../server/workbook/names.ts'
import { readWorkbook, type SheetRow } from '../../server/workbook/read.ts'
import { serialOf } from '../../server/workbook/rows.ts'
import { linesToFill, signInLayout } from '../../server/workbook/sign_in.ts'
import { tokenColumn } from '../../server/workbook/tokens.ts'
import { blankRows, type WriteOptions, type WrittenRows, writeWorkbook } from '../../server/workbook/write.ts'
import { binary } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

async function bytesOf(layout: SheetLayout, batches: WrittenRows[], options?: WriteOptions): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of writeWorkbook(layout, batches, options)) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function openInExcel(bytes: Buffer): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook()
  await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer)
  return workbook
}

const firstSheet = async (bytes: Buffer) => (await openInExcel(bytes)).worksheets[0] as ExcelJS.Worksheet

/** The first sheet as our own reader sees it. */
async function read(bytes: Buffer) {
  const { sheets } = await readWorkbook(bytes, 'x.xlsx')
  const rows: SheetRow[] = []
  for await (const batch of sheets[0]?.rows() ?? []) rows.push(...batch)
  return { sheets, merges: sheets[0]?.merges ?? [], rows }
}

const textAt = (rows: SheetRow[], number: number) =>
  Array.from(rows.find((row) => row.number === number)?.cells ?? [], (cell) => cell?.text ?? '')

function layoutOf(form: Form, to_fill: boolean, with_unit = false): SheetLayout {
  const columns = formColumns(form, { sees: () => true, with_unit })
  const reported = form.scope === 'unit' ? { unit: '合肥市总工会', by: '', on: '    年  月  日' } : undefined
  return formLayout({ form, columns, year: form.scope === 'global' ? undefined : 2019, reported, to_fill })
}

const templateOf = (form: Form) => {
  const layout = layoutOf(form, true)
  return bytesOf(layout, blankRows(layout))
}

/** A layout that holds one text column and one date column, for values. */
function plainLayout(kind: 'text' | 'date' | 'number'): SheetLayout {
  const layout = layoutOf(forms.events as Form, false)
  const column = { heading: '值', width: 20, kind, align: 'left' as const, sum: kind === 'number' }
  return { ...layout, columns: [layout.columns[0] as (typeof layout.columns)[0], column], heading: [30], foot: [] }
}

// Goldens ----------------------------------------------------------------------------------------------------------

const shownValue = (value: ExcelJS.CellValue): string => {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return JSON.stringify(value)
  if ('richText' in value) return JSON.stringify(value.richText.map((piece) => piece.text).join(''))
  return JSON.stringify(value)
}

function styleInWords(cell: ExcelJS.Cell): string {
  const { font, alignment, border, numFmt } = cell
  const sides = ['top', 'left', 'bottom', 'right'].filter((side) => border?.[side as keyof typeof border])
  const words = [
    font && `${font.name} ${font.size}`,
    alignment?.horizontal,
    alignment?.wrapText && 'wraps',
    alignment?.shrinkToFit && 'shrinks',
    numFmt && numFmt !== 'General' && numFmt,
    sides.length === 4 ? 'ruled' : sides.join('+'),
  ]
  return words.filter(Boolean).join(', ')
}

/** The sheet told line by line: page, columns, merges, each cell of the frame, one row of data, rules, notes. */
function inWords(sheet: ExcelJS.Worksheet): string {
  const { pageSetup: page, headerFooter, views } = sheet
  const lines = [
    `sheet ${sheet.name}`,
    `paper ${page.paperSize} ${page.orientation}, fit ${page.fitToPage} ${page.fitToWidth}×${page.fitToHeight}, centred ${page.horizontalCentered}`,
    `margins ${JSON.stringify(page.margins)}`,
    `titles repeated: rows ${page.printTitlesRow}; footer ${headerFooter.oddFooter}`,
    `frozen ${JSON.stringify(views[0]).replace(/"(workbookViewId|rightToLeft|activeCell|showRuler|showRowColHeaders|showGridLines|zoomScale|zoomScaleNormal|topLeftCell|style)":[^,}]*,?/g, '')}`,
    `widths ${(sheet.columns ?? []).map((column) => `${column.width}${column.hidden ? ' hidden' : ''}`).join(' ')}`,
    `merges ${((sheet.model as { merges?: string[] }).merges ?? []).sort().join(' ')}`,
  ]
  const rules = (sheet as unknown as { dataValidations: { model: Record<string, ExcelJS.DataValidation> } })
    .dataValidations
  let last = ''
  sheet.eachRow((row, number) => {
    const cells: string[] = []
    row.eachCell({ includeEmpty: true }, (cell) => {
      if (cell.isMerged && cell.master !== cell) return
      const note = cell.note
        ? ` note ${JSON.stringify((cell.note as ExcelJS.Comment).texts?.map((t) => t.text).join(''))}`
        : ''
      cells.push(`  ${cell.address} ${shownValue(cell.value)} (${styleInWords(cell)})${note}`)
    })
    const told = cells.join('\n').replace(/ [A-Z]+\d+ /g, ' ')
    // rows that differ only in their 序号 are told once
    const alike = told.replace(/^ {2}\d+/, '')
    if (alike !== last) lines.push(`row ${number}, ${row.height} high`, ...cells)
    last = alike
  })
  const told = Object.entries(rules.model)
    .map(
      ([address, rule]) =>
        `${address} ${rule.type} ${rule.formulae?.join(' ') ?? ''} ${rule.errorStyle ?? ''} ${rule.prompt ?? ''}`,
    )
    .filter(
      (line, index, all) => all.findIndex((other) => other.replace(/\d+/, '') === line.replace(/\d+/, '')) === index,
    )
  return `${[...lines, ...told.map((line) => `rule ${line}`)].map((line) => line.trimEnd()).join('\n')}\n`
}

describe('the paper', () => {
  test.each(Object.values(forms).map((form) => [form.name, form] as const))(
    'the blank form of %s is laid out as agreed',
    async (name, form) => {
      await expect(inWords(await firstSheet(await templateOf(form)))).toMatchFileSnapshot(
        `../fixtures/layouts/${name}.txt`,
      )
    },
  )

  test('an exported table is laid out as its blank form, with a hidden column behind it', async () => {
    const form = forms.propagandists as Form
    const columns = formColumns(form, { sees: () => true, with_unit: false, token: tokenColumn(form) })
    const reported = { unit: '合肥市总工会', by: '丁一', on: '2019年8月26日' }
    const layout = formLayout({ form, columns, year: 2019, reported, to_fill: false })
    const sheet = await firstSheet(await bytesOf(layout, [[columns.map(({ column }) => column.heading.slice(0, 2))]]))
    await expect(inWords(sheet)).toMatchFileSnapshot('../fixtures/layouts/propagandists-export.txt')
    const without = formLayout({ form, columns: columns.slice(0, -1), year: 2019, reported, to_fill: false })
    expect({ ...layout, columns: [] }).toEqual({ ...without, columns: [] })
  })

  test('the sign-in sheet is laid out for a pen', async () => {
    const form = forms.attendance as Form
    const sees = (_form: Form, name: string) => name !== 'event_id' && name !== 'way'
    const columns = formColumns(form, { sees, with_unit: false, token: tokenColumn(form) }).map(({ column }) => column)
    const about = { event: '网络安全知识竞赛', on: '2019-07-10', place: '三楼礼堂', unit: '合肥市总工会' }
    const layout = signInLayout({ columns, year: 2019, annex: form.annex, title: form.title, ...about })
    for (const known of [0, 3, 40, 500]) {
      const lines = linesToFill(layout, known)
      expect([known, lines >= 10, lines < 50]).toEqual([known, true, true])
    }
    const sheet = await firstSheet(await bytesOf(layout, [Array.from({ length: linesToFill(layout, 0) }, () => [])]))
    await expect(inWords(sheet)).toMatchFileSnapshot('../fixtures/layouts/sign-in.txt')
  })

  test('annex 1 is laid out as the notice prints it', async () => {
    const tasks = ['组织动员工会组织', '发展宣传员', '线下活动数']
    const bytes = await bytesOf(annexOne('2019 年“好网民”活动“12351+” 计划任务分配表', tasks), [[['合肥', 7, 140, 20]]])
    await expect(inWords(await firstSheet(bytes))).toMatchFileSnapshot('../fixtures/layouts/annex-1.txt')
  })

  test.each(Object.values(forms).map((form) => [form.name, form] as const))(
    'the heading of %s is found again, each column as its own field',
    async (_name, form) => {
      for (const layout of [layoutOf(form, true), layoutOf(form, false, form.scope === 'unit')]) {
        const { rows, merges } = await read(await bytesOf(layout, layout.to_fill ? blankRows(layout) : []))
        const heading = findHeading(rows, merges, form)
        expect(heading?.columns.some((column) => column.guessed)).toBe(false)
        const printed = form.fields.filter((field) => !field.unprinted)
        const expected = printed.flatMap((field) => [
          field.name,
          ...Object.keys(field.beside ?? {}).map(() => field.name),
        ])
        const unit = layout.to_fill || form.scope !== 'unit' ? [] : ['unit']
        expect(heading?.columns.map((column) => column.field ?? column.kind)).toEqual(['number', ...unit, ...expected])
      }
    },
  )

  test('a form of one page: its blank rows and the signature stand on it', () => {
    for (const form of registers) {
      const layout = layoutOf(form, true)
      expect(layout.blank_rows).toBeGreaterThanOrEqual(10)
      expect(layout.foot).toEqual(['单位负责人（签字）：'])
    }
  })

  test('long lists of choices stand in a hidden sheet, short ones in the rule', async () => {
    const form = forms.propagandists as Form
    const names = Array.from({ length: 60 }, (_, n) => `合肥测试${n}厂工会委员会`)
    const columns = formColumns(form, { sees: () => true, with_unit: false, names: { organization_id: names } })
    const layout = formLayout({ form, columns, year: 2019, to_fill: true })
    const workbook = await openInExcel(await bytesOf(layout, blankRows(layout)))
    const lists = workbook.getWorksheet('选项')
    expect(lists?.state).toBe('hidden')
    expect(lists?.getCell('A60').value).toBe(names[59])
    const sheet = workbook.worksheets[0] as ExcelJS.Worksheet
    const ruleAt = (label: string) => {
      let at = 0
      sheet.getRow(layout.lines.length + 2).eachCell((cell, column) => {
        if (cell.text === label || cell.text === `*${label}`) at = column
      })
      return sheet.getCell(layout.lines.length + layout.heading.length + 1, at).dataValidation
    }
    expect(ruleAt('所在工会')).toMatchObject({ type: 'list', formulae: ['选项!$A$1:$A$60'], errorStyle: 'warning' })
    expect(ruleAt('性别')).toMatchObject({ type: 'list', formulae: ['"男,女"'], errorStyle: 'stop' })
  })
})

describe('values', () => {
  const hostile = [
    '=1+1',
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    '+8613800001027',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '<b>&amp;"\'</b>',
    '_x0041_ 不是 A',
    '两行\n文字',
    ' 前后有空格 ',
    '𠮷野家 👍',
    '91340100MA2N000027',
    '013800001027',
    '1E5',
  ]

  test('text is always a text cell, whatever it begins with, and comes back letter for letter', async () => {
    const bytes = await bytesOf(plainLayout('text'), [hostile.map((text) => [text])])
    const sheet = await firstSheet(bytes)
    const { rows } = await read(bytes)
    for (const [index, text] of hostile.entries()) {
      const cell = sheet.getCell(5 + index, 2)
      expect([cell.formula, cell.type, cell.numFmt]).toEqual([undefined, ExcelJS.ValueType.String, '@'])
      expect(cell.value).toBe(text.replace('_x0041_', '_x005F_x0041_')) // exceljs leaves Excel's escapes as they are
      expect(rows.find((row) => row.number === 5 + index)?.cells[1]).toMatchObject({ kind: 'text', value: text })
    }
  })

  test('what XML cannot hold is left out and the file stays whole', async () => {
    const bytes = await bytesOf(plainLayout('text'), [[['一\u0000二\u0008三\ufffe\ud800四']]])
    expect((await read(bytes)).rows.find((row) => row.number === 5)?.cells[1]?.text).toMatch(/^一二三.?四$/)
  })

  test('a day is the same day in every time zone, and the file the same bytes', async () => {
    const days = ['1900-03-01', '1986-04-30', '2019-03-10', '2019-06-18', '2019-11-03', '2100-12-31']
    const zone = process.env.TZ
    const made: Buffer[] = []
    try {
      for (const place of ['America/New_York', 'Asia/Shanghai', 'Pacific/Kiritimati', 'UTC']) {
        process.env.TZ = place
        const bytes = await bytesOf(plainLayout('date'), [days.map((day) => [day])])
        made.push(bytes)
        const { rows } = await read(bytes)
        const sheet = await firstSheet(bytes)
        for (const [index, day] of days.entries()) {
          expect(rows.find((row) => row.number === 5 + index)?.cells[1]).toMatchObject({ kind: 'date', value: day })
          expect((sheet.getCell(5 + index, 2).value as Date).toISOString()).toBe(`${day}T00:00:00.000Z`)
        }
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
    for (const other of made.slice(1)) expect(made[0]?.equals(other)).toBe(true)
    expect(serialOf('2019-06-18')).toBe(43634)
    // the sheet's calendar has a 29th of February 1900: days before it are written as words
    expect(serialOf('1900-02-28')).toBeUndefined()
  })

  test('a process in any time zone writes, reads and patches the same days', () => {
    const file = new URL('../fixtures/workbooks/线下活动汇总 合肥市(1).xlsx', import.meta.url)
    const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
    const code = `
      import { createHash } from 'node:crypto'
      import { readFileSync } from 'node:fs'
      import { forms } from ${at('../../server/forms/index.ts')}
      import { readImport } from ${at('../../server/imports/read/file.ts')}
      import { patchSent } from ${at('../../server/imports/tell/error_patch.ts')}
      import { formColumns } from ${at('../../server/forms/paper/columns.ts')}
      import { formLayout } from ${at('../../server/forms/paper/printed.ts')}
      import { writeWorkbook } from ${at('../../server/workbook/write.ts')}
      const read = async (form, bytes) => {
        const rows = []
        for await (const message of readImport({ bytes, file_name: 'x.xlsx', form, year: 2019 }))
          if (message.kind === 'rows') rows.push(...message.rows.map(({ values }) => values))
        return rows
      }
      const sent = readFileSync(new URL(${JSON.stringify(file.href)}))
      const held = (await read(forms.events, sent)).map(({ held_on, ended_on }) => [held_on, ended_on])
      const pieces = []
      const faults = new Map([['Sheet1', { rows: new Map([[13, [{ column: 1, message: 'x' }]]]), general: [] }]])
      for await (const message of patchSent({ bytes: sent, file_name: 'x.xlsx', form: forms.events, import_id: 1, faults }))
        pieces.push(message.bytes)
      const patched = (await read(forms.events, Buffer.concat(pieces))).map(({ held_on }) => held_on)
      const columns = formColumns(forms.attendance, { sees: () => true, with_unit: false })
      const layout = formLayout({ form: forms.attendance, columns, year: 2019, to_fill: false })
      const row = columns.map(({ source }) =>
        source.from === 'beside' ? '2019-03-31' : source.field.name === 'signed_at' ? '2019-11-03 00:30:15' : '甲')
      const written = []
      for await (const piece of writeWorkbook(layout, [[row]])) written.push(piece)
      const again = await read(forms.attendance, Buffer.concat(written))
      console.log(JSON.stringify({ offset: new Date(2019, 6, 1).getTimezoneOffset(), held, patched, again,
        sums: [pieces, written].map((list) => createHash('sha256').update(Buffer.concat(list)).digest('hex')) }))`
    const runs = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'].map((TZ) => {
      const said = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
        env: { ...process.env, TZ, NODE_OPTIONS: '' },
        encoding: 'utf8',
      })
      return JSON.parse(said) as {
        offset: number
        held: string[][]
        patched: string[]
        again: Record<string, string>[]
      }
    })
    expect(runs.map(({ offset }) => offset)).toEqual([0, 420, -840])
    for (const { offset: _, ...run } of runs) {
      const { offset: __, ...first } = runs[0] as (typeof runs)[0]
      expect(run).toEqual(first)
    }
    expect(runs[0]?.held.length).toBe(18)
    expect(runs[0]?.held.filter(([day]) => day).every(([day]) => /^2019-0[5-8]-\d\d$/.test(day ?? ''))).toBe(true)
    expect(runs[0]?.again[0]?.signed_at).toBe('2019-11-03T00:30:15')
  })

  test('合计 is a formula that carries its result', async () => {
    const sheet = await firstSheet(await bytesOf(plainLayout('number'), [[[3], [null], [0], [4]]]))
    expect(sheet.getCell('B9').value).toEqual({ formula: 'SUM(B5:B8)', result: 7 })
    expect((await read(await bytesOf(plainLayout('number'), [[[0]]]))).rows.at(-1)?.cells[1]).toMatchObject({
      kind: 'number',
      value: 0,
    })
  })

  test('rows past a sheet go on in the next one: numbering, headings, 小计', async () => {
    const rows = Array.from({ length: 8 }, (_, n): CellValue[] => [n + 1])
    const workbook = await openInExcel(
      await bytesOf(plainLayout('number'), [rows.slice(0, 5), rows.slice(5)], { rows_a_sheet: 3 }),
    )
    expect(workbook.worksheets.map((sheet) => sheet.name)).toEqual(['线下活动', '线下活动（2）', '线下活动（3）'])
    const [first, second, third] = workbook.worksheets as [ExcelJS.Worksheet, ExcelJS.Worksheet, ExcelJS.Worksheet]
    expect([second.getCell('A4').value, second.getCell('A5').value, third.getCell('A6').value]).toEqual(['序号', 4, 8])
    expect([
      first.getCell('A8').value,
      first.getCell('B8').result,
      third.getCell('A7').value,
      third.getCell('B7').result,
    ]).toEqual(['小计', 6, '小计', 15])
    expect(third.pageSetup.printTitlesRow).toBe('4:4')
  })

  test('many batches make one table; the sum and the last row are right', async () => {
    const batch = Array.from({ length: 700 }, (): CellValue[] => [2])
    const sheet = await firstSheet(
      await bytesOf(
        plainLayout('number'),
        Array.from({ length: 5 }, () => batch),
      ),
    )
    expect([sheet.getCell('A3504').value, sheet.getCell('B3505').result]).toEqual([3500, 7000])
  })

  test('a table without rows is a heading, a sum of 0 and a place to sign', async () => {
    const { rows } = await read(await bytesOf(layoutOf(forms.events as Form, false), []))
    expect(rows.slice(-2).map((row) => row.cells[0]?.text)).toEqual(['合计', '单位负责人（签字）：'])
  })

  test('writing stops when it is told to', async () => {
    const gone = new AbortController()
    async function* endless() {
      for (;;) {
        yield [['一']]
        gone.abort()
      }
    }
    const pieces = writeWorkbook(plainLayout('text'), endless(), { signal: gone.signal })
    await expect(
      (async () => {
        for await (const _ of pieces) {
        }
      })(),
    ).rejects.toThrow()
  })
})

describe('what is made is kept until it is whole', () => {
  const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('haowangmin-spool-')).length

  test('a large one in a file that goes away, a small one in memory', async () => {
    const before = await folders()
    for (const count of [1, 40]) {
      const piece = randomBytes(200_000)
      const pieces = Array.from({ length: count }, () => piece)
      const spooled = await spool(Readable.from(pieces))
      const read_back: Buffer[] = []
      for await (const chunk of spooled.open()) read_back.push(chunk as Buffer)
      expect(Buffer.concat(read_back).equals(Buffer.concat(pieces))).toBe(true)
      expect([spooled.size, await folders()]).toEqual([count * 200_000, before + (count > 20 ? 1 : 0)])
      await spooled.discard()
    }
    expect(await folders()).toBe(before)
  })

  test('one that fails leaves nothing behind', async () => {
    const before = await folders()
    async function* failing() {
      for (let n = 0; n < 40; n++) yield Buffer.alloc(200_000)
      throw new Error('the database went away')
    }
    await expect(spool(failing())).rejects.toThrow('the database went away')
    expect(await folders()).toBe(before)
  })
})

describe('names', () => {
  test('a file is called as offices call it', () => {
    const parts = { annex: '附件5', unit: '合肥市总工会', title: '2019年线下活动统计表', on: '2019-08-26' }
    expect(fileName(parts)).toBe('附件5-合肥市总工会-2019年线下活动统计表-20190826.xlsx')
    expect(fileName({ title: '2019年“好网民” 表', unit: undefined })).toBe('2019年“好网民”表.xlsx')
    expect(fileName({ title: '..\\..\\a/b:c*?"<>|\u0001' })).toBe('....abc.xlsx')
  })

  test('the header carries the name in UTF-8 and a plain one', () => {
    const header = disposition("附件5'(1).xlsx", 'annex-5"\r\n.xlsx')
    expect(header).toBe(`attachment; filename="annex-5.xlsx"; filename*=UTF-8''%E9%99%84%E4%BB%B65%27%281%29.xlsx`)
  })

  test('a sheet has a name Excel accepts', () => {
    expect(sheetName('a/b[c]:d*?\\')).toBe('abcd')
    expect(sheetName('长'.repeat(40), 12)).toHaveLength(30)
  })
})

describe('over HTTP', () => {
  let world: World
  let hefei: Agent
  let province: Agent
  beforeAll(async () => {
    world = await makeWorld()
    hefei = await world.as('hefei')
    province = await world.as('province')
    await world.owner(`update campaigns set today_on = '2019-08-26', version = version + 1`)
    await hefei.post('/events', sample.events?.(1)).expect(201)
    for (const form of registers)
      for (const n of [11, 12, 13]) await hefei.post(`/${form.name}`, sample[form.name]?.(n)).expect(201)
    const wuhu = await world.as('wuhu')
    await wuhu.post('/organizations', { ...sample.organizations?.(1), name: '芜湖测试厂工会' }).expect(201)
  })
  afterAll(() => world?.close())

  const download = async (agent: Agent, path: string, query?: Record<string, unknown>) => {
    const answer = await binary(agent.get(path, query))
    const name = decodeURIComponent(
      /filename\*=UTF-8''(\S+)/.exec(answer.headers['content-disposition'] ?? '')?.[1] ?? '',
    )
    return { status: answer.status, headers: answer.headers, name, bytes: answer.body as Buffer }
  }
  const downloaded = async (agent: Agent, path: string, query?: Record<string, unknown>) => {
    const file = await download(agent, path, query)
    expect([file.status, file.bytes.toString('utf8').slice(0, 2)]).toEqual([200, 'PK'])
    return { ...file, ...(await read(file.bytes)) }
  }

  test.each(Object.keys(forms))('%s has a blank form', async (name) => {
    const { rows, headers, name: file } = await downloaded(hefei, `/${name}/template.xlsx`)
    expect(headers['content-type']).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    expect(file).toMatch(/（空表）\.xlsx$/)
    const heading = findHeading(rows, [], forms[name] as Form)
    expect(heading?.columns.length).toBeGreaterThan(3)
  })

  test.each(registers.map((form) => [form.name, form] as const))(
    '%s exported and imported again changes nothing',
    async (name, form) => {
      const file = await downloaded(hefei, `/${name}/export.xlsx`)
      expect(file.name).toBe(`附件${form.annex}-合肥市总工会-2019年${form.title.replaceAll(' ', '')}-20190826.xlsx`)
      expect(file.headers['content-length']).toBe(String(file.bytes.length))
      const answer = await hefei
        .upload(`/${name}/imports`, file.bytes, file.name)
        .expect((response) => expect(response.status).toBeLessThan(300))
      expect(answer.body).toMatchObject({ create: 0, update: 0, errors: [] })
      expect(answer.body.unchanged).toBeGreaterThanOrEqual(3)
      const list = await hefei.get(`/${name}`, { range: [0, 99] })
      expect(answer.body.rows).toBe(list.body.length)
    },
  )

  test('events of one name are told apart by the day that stands beside them', async () => {
    const twin = { ...sample.events?.(1), held_on: '2019-07-20' }
    const { body: event } = await hefei.post('/events', twin).expect(201)
    await hefei.post('/attendance', { ...sample.attendance?.(90), event_id: event.id }).expect(201)
    const file = await downloaded(hefei, '/attendance/export.xlsx', { filter: { event_id: event.id } })
    expect(textAt(file.rows, 4)).toContain('活动日期')
    expect(textAt(file.rows, 5)).toContain('2019-07-20')
    const answer = await hefei.upload('/attendance/imports', file.bytes, file.name)
    expect(answer.body).toMatchObject({ rows: 1, create: 0, update: 0, unchanged: 1, errors: [] })
  })

  test('the moment of signing keeps its seconds', async () => {
    const { body: row } = await hefei
      .post('/attendance', {
        ...sample.attendance?.(91),
        event_id: (await hefei.get('/events', { range: [0, 0] })).body[0].id,
        signed_at: '2019-07-10 09:00:41',
      })
      .expect(201)
    const file = await downloaded(hefei, '/attendance/export.xlsx', { filter: { id: row.id } })
    expect(textAt(file.rows, 5)).toContain('2019-07-10 09:00:41')
    const answer = await hefei.upload('/attendance/imports', file.bytes, file.name)
    expect(answer.body).toMatchObject({ update: 0, unchanged: 1, errors: [] })
  })

  test('an export has the rows, the order and the scope of the list', async () => {
    const query = { filter: { name_like: '测试1' }, sort: ['name', 'DESC'] }
    const file = await downloaded(hefei, '/organizations/export.xlsx', query)
    const list = await hefei.get('/organizations', { ...query, range: [0, 99] })
    const names = file.rows.filter((row) => row.cells[0]?.kind === 'number').map((row) => row.cells[1]?.text)
    expect(names).toEqual(list.body.map((row: { name: string }) => row.name))
    expect(names).toHaveLength(3)
    expect(file.rows.some((row) => row.cells.some((cell) => cell?.text.includes('芜湖')))).toBe(false)
  })

  test('the province exports all units, each row under its own, and one unit as that unit’s paper', async () => {
    const all = await downloaded(province, '/organizations/export.xlsx')
    expect(all.name).toMatch(/^附件3-安徽省总工会-/)
    expect(textAt(all.rows, 4).slice(0, 3)).toEqual(['序号', '填报单位', '组织全称'])
    expect(new Set(all.rows.filter((row) => row.cells[0]?.kind === 'number').map((row) => row.cells[1]?.text))).toEqual(
      new Set(['合肥', '芜湖']),
    )
    const one = await downloaded(province, '/organizations/export.xlsx', { filter: { unit_id: world.units.芜湖 } })
    expect(one.name).toMatch(/^附件3-芜湖市总工会-/)
    expect(textAt(one.rows, 3)[0]).toBe('填报单位（盖章）：芜湖市总工会')
    expect(textAt(one.rows, 4)[1]).toBe('组织全称')
  })

  test('phones are masked where the role sees them masked, and cannot be asked for', async () => {
    const cac = await world.as('cac')
    const file = await downloaded(cac, '/propagandists/export.xlsx')
    const told = file.rows.flatMap((row) => row.cells.map((cell) => cell?.text ?? ''))
    expect(told.some((text) => /^139\*{4}\d{4}$/.test(text))).toBe(true)
    expect(told.some((text) => /1[3-9]\d{9}/.test(text))).toBe(false)
    for (const query of [{ filter: { phone: '13900000011' } }, { sort: ['phone', 'ASC'] }, { filter: { nonsense: 1 } }])
      expect((await download(cac, '/propagandists/export.xlsx', query)).status).toBe(400)
  })

  test('a juror takes nothing out, a stranger nothing at all, and what is none is 404', async () => {
    const juror = await world.as('juror1')
    expect((await download(juror, '/submissions/export.xlsx')).status).toBe(403)
    expect((await download(juror, '/annexes/2.xlsx')).status).toBe(403)
    expect((await download(juror, '/annexes/1.xlsx')).status).toBeGreaterThanOrEqual(403)
    expect((await download(world.anonymous, '/events/export.xlsx')).status).toBe(401)
    expect((await download(hefei, '/nonsense/export.xlsx')).status).toBe(404)
    expect((await download(hefei, '/sessions/export.xlsx')).status).toBe(404)
    expect((await download(hefei, '/annexes/1.xlsx', { campaign_id: 'x' })).status).toBe(404)
  })

  test('annex 1 says what the notice prints, for whoever asks', async () => {
    for (const agent of [hefei, province]) {
      const { bytes, rows, merges } = await downloaded(agent, '/annexes/1.xlsx')
      expect(textAt(rows, 1)[0]).toBe('附件 1')
      expect(textAt(rows, 2)[0]).toBe('2019 年“好网民”活动“12351+” 计划任务分配表')
      expect(textAt(rows, 3)).toEqual(['序号', '单位', '组织动员\n工会组织', '发展\n宣传员', '线下\n活动数'])
      expect(rows).toHaveLength(3 + 16 + 1)
      expect([textAt(rows, 4), textAt(rows, 13), textAt(rows, 19)]).toEqual([
        ['1', '合肥', '7', '140', '20'],
        ['10', '马鞍山', '6', '120', '18'],
        ['16', '黄山', '6', '120', '18'],
      ])
      expect(textAt(rows, 20)).toEqual(['合计', '', '100', '2000', '300'])
      expect(merges).toContainEqual({ from_row: 20, to_row: 20, from_column: 0, to_column: 1 })
      expect((await firstSheet(bytes)).getCell('C20').formula).toBe('SUM(C4:C19)')
    }
    const { name, bytes } = await downloaded(province, '/annexes/1.xlsx')
    expect(name).toBe('附件1-安徽省总工会-2019年“好网民”活动“12351+”计划任务分配表-20190826.xlsx')
    const answer = await province.upload('/quotas/imports', bytes, name)
    expect(answer.body).toMatchObject({ rows: 16, create: 0, update: 0, unchanged: 16, errors: [] })
  })

  test('who leaves while a workbook is made stops the making, and others are served on', async () => {
    const gone = new AbortController()
    const leaving = fetch(`${world.address}/api/attendance/export.xlsx`, {
      headers: { cookie: hefei.cookie },
      signal: gone.signal,
    })
    setTimeout(() => gone.abort(), 5)
    await expect(leaving).rejects.toThrow()
    await downloaded(hefei, '/attendance/export.xlsx')
  })

  test('annex 2 lists the collections with host and entrance', async () => {
    const { rows } = await downloaded(hefei, '/annexes/2.xlsx')
    expect(textAt(rows, 3)).toEqual(['序号', '活动项目', '项目内容', '承办单位', '平台入口'])
    expect(rows).toHaveLength(3 + 8)
    expect(rows.some((row) => row.cells[3]?.text === '淮北市总工会')).toBe(true)
  })

  test('the progress has annex 1’s units, what is approved, and sums', async () => {
    await world.owner(
      `update organizations set status = 'approved', version = version + 1 where name like '合肥测试1_厂%'`,
    )
    const { rows } = await downloaded(province, '/annexes/progress.xlsx')
    expect(textAt(rows, 2).filter(Boolean)).toEqual([
      '序号',
      '单位',
      '组织动员工会组织',
      '发展宣传员',
      '线下活动数',
      '面对面\n职工人数',
      '影响职工\n网民人数',
    ])
    expect(textAt(rows, 4).slice(0, 5)).toEqual(['1', '合肥', '7', '3', '0.429'])
    const total = rows.find((row) => row.cells[0]?.text === '合计')
    expect(total?.cells.slice(2, 5).map((cell) => cell?.value)).toEqual([100, 3, 0.03])
    // the sheet goes on calculating: sums of the rows above, shares of each row, as the screen has them
    const sheet = await firstSheet((await binary(province.get('/annexes/progress.xlsx')).expect(200)).body)
    const last = total?.number ?? 0
    const formulas = (row: number) => Array.from({ length: 11 }, (_, at) => sheet.getCell(row, at + 3).formula ?? '')
    const share = (done: string, target: string, row: number) =>
      `IF(${target}${row}>0,IF(${done}${row}<${target}${row},MIN(ROUND(${done}${row}/${target}${row},3),0.999),ROUND(${done}${row}/${target}${row},3)),"")`
    const sum = (column: string) => `SUM(${column}4:${column}${last - 1})`
    expect(formulas(last)).toEqual(
      ['C', 'F', 'I']
        .flatMap((target) => {
          const done = String.fromCharCode(target.charCodeAt(0) + 1)
          return [sum(target), sum(done), share(done, target, last)]
        })
        .concat(sum('L'), sum('M')),
    )
    expect(formulas(4).filter(Boolean)).toEqual([share('D', 'C', 4), share('G', 'F', 4), share('J', 'I', 4)])
  })

  test('of cumulative counts 合计 takes the latest of each content', async () => {
    const later = { ...sample.reach?.(11), counted_on: '2019-08-20', views: 5000, people: 4000 }
    await hefei.post('/reach', later).expect(201)
    const { rows } = await downloaded(hefei, '/reach/export.xlsx')
    const total = rows.find((row) => row.cells[0]?.text.startsWith('合计'))
    expect(total?.cells.filter((cell) => cell?.kind === 'number').map((cell) => cell?.value)).toEqual([7000, 5800, 0])
  })
})
