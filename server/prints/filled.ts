/**
 * Filled forms taken in: read by the words of their template, put together as a workbook of a sheet a form, and checked by the
 * import as if a person had sent that. What no column is for, and what stands where the template has nothing, is a column that is
 * not read: the check tells it.
 */
import type { Form, PrintBlank } from '../forms/index.ts'
import { fieldOf, printColumns, withoutIdentity } from '../forms/index.ts'
import { countedUnder } from '../workbook/counted.ts'
import { WorkbookRefused } from '../workbook/limits.ts'
import { type TextSheet, textWorkbook } from '../workbook/text_workbook.ts'
import { inTurn } from '../workbook/turns.ts'
import type { PaperFormat } from './blocks.ts'
import type { FilledForm } from './filled_form.ts'
import { lastOf, readFilledInThread } from './jobs.ts'

/** As many as a workbook may have sheets. */
export const MAX_FILLED_FORMS = 100

type FilledFile = { name: string; bytes: Buffer }
type FilledTemplate = { format: PaperFormat; content: Buffer; blanks: readonly PrintBlank[] }

/** What is told of each form beside the check: labels that its file lacks, what was written and is read into no column. */
export type FormRead = { file: string; sheet: string; missing: string[]; unread: { label: string; text: string }[] }

type FormsTogether = {
  bytes: Buffer
  /** Sheet → column → field, as a person would have decided it. */
  columns: Record<string, Record<string, string | null>>
  files: FormRead[]
}

/** A file's refusal, with its name: several are sent at once. */
const named = (error: unknown, file: string) =>
  error instanceof WorkbookRefused
    ? new WorkbookRefused(error.reason, `“${file.slice(0, 60)}”：${error.message}`)
    : error

/** Reads the files and puts their forms together. Throws `WorkbookRefused` for the first file that can't be read. */
export async function formsTogether(
  form: Form,
  template: FilledTemplate,
  files: readonly FilledFile[],
): Promise<FormsTogether> {
  const { format, content } = template
  const blanks = [...template.blanks]
  const sheets: TextSheet[] = []
  const together: Omit<FormsTogether, 'bytes'> = { columns: {}, files: [] }
  for (const { name, bytes } of files) {
    const given = { bytes, file_name: name, format, blanks, template: content }
    const forms = await inTurn(() => lastOf(readFilledInThread(given))).catch((error) => {
      throw named(error, name)
    })
    for (const [n, each] of forms.entries()) {
      if (sheets.length >= MAX_FILLED_FORMS)
        throw new WorkbookRefused('too_large', `一次最多读入 ${MAX_FILLED_FORMS} 份表，请分几次。`)
      const sheet = freeSheet(name, forms.length > 1 ? n + 1 : undefined, together.columns)
      const { row, columns, unread } = rowOf(form, blanks, each)
      sheets.push({ name: sheet, rows: row })
      together.columns[sheet] = columns
      together.files.push({ file: name, sheet, missing: each.missing, unread })
    }
  }
  return { bytes: await textWorkbook(sheets), ...together }
}

const MAX_SHEET_CHARS = 60

/** A sheet goes by its file, so that what is wrong is told under the name the sender knows. */
function freeSheet(file: string, n: number | undefined, taken: Readonly<Record<string, unknown>>): string {
  const base = file.replace(/\.\w{1,5}$/, '').slice(0, MAX_SHEET_CHARS) + (n === undefined ? '' : `（第${n}份）`)
  for (let at = 1; ; at++) {
    const name = at === 1 ? base : `${base}-${at}`
    if (!Object.hasOwn(taken, name)) return name
  }
}

type FormCell = { heading: string; field: string | null; text: string }

/** A form as a table of one row: headings as the register has them, so that they are found; others as they stand on the paper. */
function rowOf(form: Form, blanks: readonly PrintBlank[], { values, strays }: FilledForm) {
  const read = new Set(printColumns(form).flatMap(({ name, is_read }) => (is_read ? [name] : [])))
  const columns: FormCell[] = []
  const unread: FormRead['unread'] = []
  const leave = (label: string, text: string) => {
    unread.push({ label, text: withoutIdentity(text) })
    columns.push({ heading: label, field: null, text })
  }
  for (const blank of blanks) {
    const text = values[blank.at]
    const label = blank.group ? `${blank.group}/${blank.label}${blank.nth ?? ''}` : blank.label
    const { field } = blank
    const known = columns.find((column) => field !== null && column.field === field)
    if (field === null || !read.has(field)) {
      if (text !== undefined) leave(label, text)
    } else if (!known) columns.push({ heading: headingOf(form, field, blank.label), field, text: text ?? '' })
    else if (known.text === '') known.text = text ?? ''
    else if (text !== undefined && text !== known.text) leave(`${label}（另一处）`, text)
  }
  for (const { label, text } of strays) leave(label, text)
  return {
    row: [columns.map(({ heading }) => heading), columns.map(({ text }) => text || null)],
    columns: Object.fromEntries(columns.map(({ field }, at) => [String(at), field])),
    unread,
  }
}

/** A heading that names this field and no other one, with what the paper counts its numbers in. */
function headingOf(form: Form, name: string, words: string): string {
  const field = fieldOf(form, name)
  if (!field) return '填报单位'
  const isAlone = form.fields.filter(({ label }) => label === field.label).length === 1
  const heading = isAlone || !field.group ? field.label : `${field.group}${field.label}`
  const quantity = countedUnder(form, name, words)
  return quantity ? `${heading}（${quantity.unit}）` : heading
}
