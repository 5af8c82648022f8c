/**
 * What is done with papers in the reading thread, where what a file costs is bounded: finding the blanks of an empty one,
 * filling it, reading filled ones.
 */
import { type Form, identityIn, type PrintBlank } from '../forms/index.ts'
import type { Block } from '../proposals/notice/document.ts'
import { asDocument } from '../proposals/notice/refused_document.ts'
import { WorkbookRefused } from '../workbook/limits.ts'
import { inThread } from '../workbook/thread.ts'
import { blanksIn, matchBlanks } from './blanks.ts'
import { formatOf, type PaperFormat, readBlocks, refuseLong, refuseUnsafe } from './blocks.ts'
import { fillDocx } from './fill_docx.ts'
import { fillXlsx } from './fill_xlsx.ts'
import { type FilledForm, filledForms, isOfTemplate } from './filled_form.ts'
import type { Filling } from './filling.ts'

/** An empty paper as it is proposed: its blanks with the columns that fill them, and the paper itself to be shown. */
export type ProposedPaper = { format: PaperFormat; blanks: PrintBlank[]; paper: Block[] }

type EmptyPaper = { bytes: Buffer; format: PaperFormat; blanks: PrintBlank[] }

const fill = async ({ bytes, format, blanks }: EmptyPaper, papers: readonly Filling[]): Promise<Buffer> =>
  format === 'docx' ? fillDocx(bytes, blanks, papers) : fillXlsx(bytes, blanks, papers)

/** Refusals of a document in the words of documents; faults of the library that fills are the file's. */
function asRefused(error: unknown, format: PaperFormat): unknown {
  if (error instanceof WorkbookRefused) return format === 'docx' ? asDocument(error) : error
  return new WorkbookRefused('damaged', '这个文件填不进去。请在 WPS 或 Word 里打开，另存一份再上传。')
}

/** Blanks that can be filled and read back: a place that can't be found again is none. */
async function tried(paper: EmptyPaper, template: readonly Block[]): Promise<PrintBlank[]> {
  const { blanks, bytes, format } = paper
  const isChosen = ({ kind }: PrintBlank) => kind === 'choices'
  const wordFor = (blank: PrintBlank, n: number) => (isChosen(blank) ? (blank.choices?.[0] ?? '') : `试填${n}`)
  const values = Object.fromEntries(blanks.map((blank, n) => [blank.at, wordFor(blank, n)]))
  const filled = await fill({ bytes, format, blanks }, [{ values, pictures: {} }])
  const [form] = filledForms(await readBlocks(filled, 'paper', format), template, blanks)
  return blanks.filter((blank, n) => blank.kind === 'picture' || form?.values[blank.at] === wordFor(blank, n))
}

/** The job: an empty paper looked at. `bytes` are cleaned already where it is a workbook. */
export async function* proposePaper({
  bytes,
  file_name,
  form,
}: {
  bytes: Buffer
  file_name: string
  form: Form
}): AsyncGenerator<ProposedPaper> {
  const format = await formatOf(bytes)
  try {
    await refuseUnsafe(bytes)
    const paper = await readBlocks(bytes, file_name, format)
    refuseLong(paper)
    const words = paper.flatMap((block) =>
      block.kind === 'table' ? block.cells.map(({ text }) => text) : [block.text],
    )
    if (words.some((text) => identityIn(text, '') !== undefined))
      throw new WorkbookRefused('unsafe', '这份表里填着身份证号。请用没有填过的空表作打印的样子。')
    const blanks = await tried({ bytes, format, blanks: matchBlanks(blanksIn(paper), form) }, paper)
    if (blanks.length === 0)
      throw new WorkbookRefused('empty', '没有找到要填的空格。请上传空表：标签在左边或上边，空格在它旁边。')
    yield { format, blanks, paper }
  } catch (error) {
    throw asRefused(error, format)
  }
}

/** The job: papers filled, each a file of its own, or all in one. */
export async function* fillPapers({
  papers,
  as_one,
  ...paper
}: EmptyPaper & { papers: Filling[]; as_one: boolean }): AsyncGenerator<Uint8Array> {
  try {
    await refuseUnsafe(paper.bytes)
    for (const some of as_one ? [papers] : papers.map((each) => [each])) yield await fill(paper, some)
  } catch (error) {
    throw asRefused(error, paper.format)
  }
}

/** The job: filled forms of one file read. `template` is the empty paper. */
export async function* readFilled({
  bytes,
  file_name,
  template,
  blanks,
  format,
}: EmptyPaper & { file_name: string; template: Uint8Array }): AsyncGenerator<FilledForm[]> {
  const own = await formatOf(bytes)
  try {
    if (own !== format)
      throw new WorkbookRefused('not_a_workbook', `这份表的样子是 .${format}，请上传填好的 .${format} 文件。`)
    const empty = await readBlocks(Buffer.from(template), 'template', format)
    const forms = filledForms(await readBlocks(bytes, file_name, own), empty, blanks)
    const isOther = forms.every((form) => !isOfTemplate(form, blanks))
    if (isOther)
      throw new WorkbookRefused(
        'not_a_workbook',
        `这个文件不像这张表：没有找到“${(forms[0]?.missing ?? []).slice(0, 3).join('”“')}”。请核对选的是哪张表。`,
      )
    yield forms
  } catch (error) {
    throw asRefused(error, own)
  }
}

export const proposeInThread = inThread(import.meta.url, proposePaper)
export const fillInThread = inThread(import.meta.url, fillPapers)
export const readFilledInThread = inThread(import.meta.url, readFilled)

/** To its end: a reader that leaves early costs the next one a new thread. */
export async function lastOf<T>(messages: AsyncIterable<T>): Promise<T> {
  let last: T | undefined
  for await (const message of messages) last = message
  if (last === undefined) throw new Error('a job without an answer')
  return last
}
