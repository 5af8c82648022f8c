/** Why a document is not read, in sentences for whoever sent it. */
import { WorkbookRefused } from '../../workbook/limits.ts'

const sentences = {
  empty: '这个文档里没有文字，看不出是什么通知。请确认选对了文件再上传。',
  not_a_workbook: '这个文件不是 Word 文档。请上传 .docx 文件，表格请上传 .xlsx 文件。',
  damaged: '这个文档不完整或已经损坏。请在 WPS 或 Word 里打开，确认内容还在，另存一份 .docx 再上传。',
  encrypted: '这个文档有密码。请在 WPS 或 Word 里去掉密码再上传。',
  old_format: '这是旧格式（.doc）的文档。请在 WPS 或 Word 里打开，另存为 .docx 再上传。',
  too_large: '这个文档太大，没有读取。请去掉图片，或把通知和附件分成几个文件再上传。',
  unsafe: '这个文档里有不该有的内容（宏或实体定义），为安全起见没有读取。请在 WPS 或 Word 里另存为 .docx 再上传。',
  cancelled: '已取消。',
} as const
type DocumentReason = keyof typeof sentences

/** The refusal of a document for one reason, ready to throw. */
export const refusedDocument = (reason: DocumentReason) => new WorkbookRefused(reason, sentences[reason])

/** What was refused in the words of workbooks, in those of documents. */
export function asDocument(error: unknown): unknown {
  if (!(error instanceof WorkbookRefused)) return error
  return refusedDocument(error.reason in sentences ? (error.reason as DocumentReason) : 'too_large')
}
