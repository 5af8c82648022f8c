// What a workbook may weigh, and how a refusal speaks. Every loop of the reader over a sender's bytes ends at one of
// these numbers; they are generous for a city's yearly attendance (200,000 rows) and small for a server.

/** Limits of one read. Bytes are bytes, lengths are UTF-16 units, counts are counts. */
export const LIMITS = {
  file_bytes: 40 * 1024 * 1024,
  entries: 5_000,
  part_bytes: 256 * 1024 * 1024,
  unpacked_bytes: 400 * 1024 * 1024,
  /** Spreadsheet XML packs 5 to 40 times; only a bomb passes 250 once it is larger than `ratio_from_bytes`. */
  ratio: 250,
  ratio_from_bytes: 16 * 1024 * 1024,
  sheets: 100,
  /** Rows with something in them, over all sheets: 200,000 of data, and room for titles and headings. */
  rows: 201_000,
  columns: 256,
  /** Cells seen, blank ones with a style included: a sheet formatted to its last row is read, a flood of them is not. */
  cells: 5_000_000,
  shared_strings: 2_000_000,
  shared_text: 64 * 1024 * 1024,
  merges: 20_000,
  styles: 70_000,
  /** Excel keeps 32,767 characters in a cell; escapes may make it longer on the way. */
  text: 100_000,
  /** One tag with its attributes, or one comment. */
  tag: 1024 * 1024,
  depth: 64,
}

export type Limits = typeof LIMITS

export type RefusalReason =
  | 'empty'
  | 'not_a_workbook'
  | 'damaged'
  | 'encrypted'
  | 'old_format'
  | 'too_large'
  | 'too_many_rows'
  | 'too_many_columns'
  | 'unsafe'
  | 'cancelled'

/** The file as a whole cannot be read. `message` is a Chinese sentence for the clerk, `reason` is for programs. */
export class WorkbookRefused extends Error {
  readonly reason: RefusalReason
  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.name = 'WorkbookRefused'
    this.reason = reason
  }
}

const sentences = {
  empty: '这个文件是空的，里面没有内容。请确认选对了文件再上传。',
  no_sheet: '这个工作簿里没有工作表。请在 WPS 或 Excel 里打开看一看，再另存后上传。',
  not_a_workbook: '这个文件不是工作簿。请上传 .xlsx 文件（或 .xls、.xlsm、.csv）。',
  damaged: '这个文件不完整或已经损坏。请在 WPS 或 Excel 里打开，确认内容还在，另存一份再上传。',
  encrypted: '这个工作簿有密码。请在 WPS 或 Excel 里去掉密码再上传。',
  old_xls: '这是旧格式（.xls）的工作簿。请在 WPS 或 Excel 里打开，另存为 .xlsx 再上传。',
  other_format: '这种格式的表格这里读不了。请在 WPS 或 Excel 里打开，另存为 .xlsx 再上传。',
  file_bytes: '这个文件太大。一个文件最多 40 MB，请去掉图片或分成几个文件再上传。',
  unpacked: '这个工作簿展开后太大，没有读取。请把数据复制到一个新的工作簿里再上传。',
  entries: '这个工作簿里的部件太多，没有读取。请把数据复制到一个新的工作簿里再上传。',
  rows: '行数太多。一个文件最多 20 万行，请分成几个文件上传。',
  columns: '列数太多：第 256 列以后还有内容。请把用不到的列删去再上传。',
  cells: '这个工作簿里的格子太多（多半是整片设了格式的空格）。请把数据复制到一个新的工作簿里再上传。',
  merges: '合并单元格太多，没有读取。请取消多余的合并再上传。',
  text: '有一格的文字太长，没有读取。请看一看是不是把整篇文稿贴进了一格。',
  strings: '这个工作簿里的文字太多，没有读取。请分成几个文件上传。',
  dtd: '这个工作簿里有不该有的内容（实体定义），为安全起见没有读取。请在 WPS 或 Excel 里另存一份再上传。',
  encoding: '认不出这个文件的文字编码。请在 WPS 或 Excel 里打开，另存为 .xlsx 再上传。',
  separators:
    '每一行都只有一格，看不出栏目之间用什么隔开。请用英文逗号或制表符隔开，或者在 WPS 或 Excel 里打开，另存为 .xlsx 再上传。',
  quotes: '这个文件里的引号没有成对，读不准。请在 WPS 或 Excel 里打开，另存为 .xlsx 再上传。',
  cancelled: '已取消。',
} as const

const reasons: Record<keyof typeof sentences, RefusalReason> = {
  empty: 'empty',
  no_sheet: 'empty',
  not_a_workbook: 'not_a_workbook',
  damaged: 'damaged',
  encrypted: 'encrypted',
  old_xls: 'old_format',
  other_format: 'old_format',
  file_bytes: 'too_large',
  unpacked: 'too_large',
  entries: 'too_large',
  rows: 'too_many_rows',
  columns: 'too_many_columns',
  cells: 'too_large',
  merges: 'too_large',
  text: 'too_large',
  strings: 'too_large',
  dtd: 'unsafe',
  encoding: 'not_a_workbook',
  separators: 'not_a_workbook',
  quotes: 'damaged',
  cancelled: 'cancelled',
}

/** The refusal for one cause, ready to throw. */
export function refused(cause: keyof typeof sentences): WorkbookRefused {
  return new WorkbookRefused(reasons[cause], sentences[cause])
}
