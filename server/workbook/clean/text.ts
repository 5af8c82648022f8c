// Separated text without identity numbers: written anew where there are any, row for row.
import { blanked as mark, withoutIdentity } from '../../forms/index.ts'
import { textEncoding } from '../csv.ts'
import { columnWatch } from '../identity.ts'
import type { SheetRow, Workbook } from '../read.ts'
import type { CleanMessage } from './clean.ts'
import { suspicion } from './suspect.ts'

/** The text of a row with what is to be blanked blanked, and how many cells that were. */
function rowCleaner() {
  const watch = columnWatch()
  let blanked = 0
  return {
    take: ({ number, cells }: SheetRow): (string | undefined)[] => {
      const texts = Array.from(cells, (cell) => cell?.text)
      const columns = watch(number, texts)
      return texts.map((text, column) => {
        if (text === undefined) return undefined
        const clean = columns?.has(column) ? mark : withoutIdentity(text)
        if (clean !== text) blanked++
        return clean
      })
    },
    count: () => blanked,
  }
}

export async function* cleanText(bytes: Buffer, workbook: Workbook, fileName: string): AsyncGenerator<CleanMessage> {
  const encoding = textEncoding(bytes)
  const inUtf8 = encoding === 'utf-8' ? bytes : Buffer.from(new TextDecoder(encoding).decode(bytes))
  if (!suspicion()(inUtf8)) {
    yield { kind: 'cleaned', blanked: 0, as_sent: true }
    return
  }
  const separator = /\.tsv$/i.test(fileName) ? '\t' : ','
  const cleaner = rowCleaner()
  let next = 1
  for (const sheet of workbook.sheets) {
    for await (const rows of sheet.rows()) {
      let text = ''
      for (const row of rows) {
        const texts = cleaner.take(row)
        // rows keep their numbers
        text += `${'\n'.repeat(row.number - next)}${texts.map((each) => quoted(each ?? '')).join(separator)}\n`
        next = row.number + 1
      }
      yield { kind: 'piece', bytes: Buffer.from(text) }
    }
  }
  const blanked = cleaner.count()
  yield { kind: 'cleaned', blanked, as_sent: blanked === 0 }
}

const quoted = (text: string) => (/[",\t;|，、\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
