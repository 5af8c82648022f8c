// The mark of a table of errors: a hidden sheet that names the import it was made for.

import { readContents } from '../../workbook/parts.ts'
import { LIMITS, type Limits, readWorkbook, type Sheet } from '../../workbook/read.ts'
import { inThread } from '../../workbook/thread.ts'
import { mark_sheet } from '../../workbook/tokens.ts'
import { openPackage } from '../../workbook/zip.ts'

/** The import whose table of errors a workbook is, if it is one: its sheets are looked at by name before anything is unpacked. */
export async function* readMarkOf({
  bytes,
  file_name,
  limits,
}: {
  bytes: Buffer
  file_name: string
  limits?: Partial<Limits>
}): AsyncGenerator<number> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return
  const allowed = { ...LIMITS, ...limits }
  const { sheets } = await readContents(await openPackage(bytes, allowed), allowed)
  if (!sheets.some(({ hidden, name }) => hidden && name === mark_sheet)) return
  const workbook = await readWorkbook(bytes, file_name, { limits })
  const sheet = workbook.sheets.find(({ hidden, name }) => hidden && name === mark_sheet)
  const importId = sheet && (await readMark(sheet))
  if (importId !== undefined) yield importId
}

/** The same in the reading thread. */
export const readMarkInThread = inThread(import.meta.url, readMarkOf)

/** The import that a table of errors was made for: {"import": 7} in the first cell of its hidden sheet. */
export async function readMark(sheet: Sheet): Promise<number | undefined> {
  for await (const rows of sheet.rows()) {
    const found = /^\{"import":\s*(\d{1,9})\}$/.exec(rows[0]?.cells[0]?.text.trim() ?? '')
    return found ? Number(found[1]) : undefined
  }
  return undefined
}
