// From a file's bytes to the rows of a form, sheet by sheet: heading found, lines told apart, every cell understood by
// the form's own vocabulary. It uses no database and no user, so it runs in the reading thread (workbook/thread.ts).
import type { Form } from '../../forms/index.ts'
import type { NoTable } from '../../workbook/no_table.ts'
import { type Limits, readWorkbook, type Sheet } from '../../workbook/read.ts'
import { tablesIn } from '../../workbook/tables.ts'
import { inThread } from '../../workbook/thread.ts'
import { mark_sheet } from '../../workbook/tokens.ts'
import type { FileMessage, FileRow } from './file_row.ts'
import type { Layouts } from './mapping.ts'
import { readMark } from './mark.ts'
import { type FileCounts, tableReader } from './table.ts'

type FileReading = {
  bytes: Buffer
  file_name: string
  form: Form
  year: number
  limits?: Partial<Limits>
  /** Columns that somebody has given to fields. */
  layouts?: Layouts
  /** How many were blanked before the file was kept. */
  identity_numbers?: number
}

/** Rows in one message. */
const BATCH_ROWS = 500

/** Reads a workbook as rows of a form. Throws `WorkbookRefused`; faults of single cells are in the rows. */
export async function* readImport(reading: FileReading): AsyncGenerator<FileMessage> {
  const workbook = await readWorkbook(reading.bytes, reading.file_name, { limits: reading.limits })
  const file: FileCounts = {
    rowsExpected: workbook.sheets.reduce((sum, { hidden, last_row = 0 }) => sum + (hidden ? 0 : last_row), 0),
    nextRow: 0,
    identityNumbers: reading.identity_numbers ?? 0,
  }
  const shown: Sheet[] = []
  for (const sheet of workbook.sheets) {
    if (!sheet.hidden) shown.push(sheet)
    else if (sheet.name === mark_sheet) {
      const importId = await readMark(sheet)
      if (importId !== undefined) yield { kind: 'mark', import_id: importId }
    } else yield { kind: 'skipped', name: sheet.name, note: `“${sheet.name}”是隐藏的工作表，没有读取。` }
  }
  let reader: ReturnType<typeof tableReader> | undefined
  let rows: FileRow[] = []
  for await (const { sheet, part } of tablesIn(shown, reading.form)) {
    if (part.kind === 'foreign')
      reader?.tell(`第 ${part.row} 行起是${part.label}的表，没有读取，请到${part.label}里导入。`)
    else if (part.kind === 'lines') {
      for (const line of part.lines) {
        const found = reader?.take(line)
        if (found) rows.push(found)
        if (rows.length < BATCH_ROWS) continue
        yield { kind: 'rows', rows }
        rows = []
      }
    } else {
      if (rows.length > 0) yield { kind: 'rows', rows }
      rows = []
      if (reader) yield { kind: 'sheet_end', end: reader.end() }
      reader = part.kind === 'none' ? undefined : tableReader(sheet, reading, part.table, file)
      if (reader) yield { kind: 'sheet', plan: reader.plan }
      else yield skipped(sheet, reading.form, part.kind === 'none' ? part : {})
    }
  }
  if (rows.length > 0) yield { kind: 'rows', rows }
  if (reader) yield { kind: 'sheet_end', end: reader.end() }
}

/** The same in the reading thread. */
export const readInThread = inThread(import.meta.url, readImport)

function skipped({ name }: Sheet, form: Form, { like, is }: { like?: string; is?: NoTable }): FileMessage {
  const skip = (note: string): FileMessage => ({ kind: 'skipped', name, note, is_other: true })
  if (is === 'card')
    return skip(
      `“${name}”是一人一页的卡片，没有读取。这里读的是一行一条的表：请下载模板，把各张卡片汇总成一张表再上传。`,
    )
  if (is === 'codes') return skip(`“${name}”里是可选项或说明，不是${form.label}的表，没有读取。`)
  if (like)
    return { kind: 'skipped', name, note: `“${name}”像是${like}的表，没有读取，请到${like}里导入。`, is_other: true }
  return { kind: 'skipped', name, note: `“${name}”里没有找到${form.label}的表头，没有读取。` }
}
