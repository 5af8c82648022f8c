/** A workbook that came back, read by the same reader as an import, as the words a registered paper is compared with. */
import { Refusal } from '../errors.ts'
import { type Field, type Form, fieldOf, type Value } from '../forms/index.ts'
import { readInThread } from '../imports/thread.ts'
import { type FormColumn, formColumns, type Source } from '../workbook/layout.ts'
import type { Line, Snapshot } from './snapshot.ts'

/** The fields behind the columns of annexes 1 and 2, which are laid out by hand. */
const annex_fields: Record<string, readonly string[]> = {
  quotas: ['unit_id', 'organizations', 'propagandists', 'events'],
  collections: ['title', 'content', 'host_unit_id', 'entrance'],
}
/** What stands for a cell that nobody can read as what its column holds. */
const unreadable = '（读不出）'

/** The columns behind a snapshot's headings, in their order. */
function columnsOf(form: Form, headings: readonly string[]): FormColumn[] {
  const by_hand = annex_fields[form.name]
  const all = formColumns(form, { sees: () => true, with_unit: true })
  if (by_hand) return by_hand.flatMap((name) => all.find(({ source }) => isField(source, name)) ?? [])
  const named = ({ column }: FormColumn) => (column.group ? `${column.group} ${column.heading}` : column.heading)
  return headings.flatMap((heading) => all.find((each) => named(each) === heading) ?? [])
}

const isField = (source: Source, name: string) => source.from === 'field' && source.field.name === name

type Asked = { form: Form; year: number; bytes: Buffer; file_name: string; snapshot: Snapshot; signal: AbortSignal }

/** The words of a sent workbook under the headings of `snapshot`. Throws `WorkbookRefused` for what is no workbook. */
export async function readBack({ form, year, bytes, file_name, snapshot, signal }: Asked): Promise<Snapshot> {
  const columns = columnsOf(form, snapshot.headings)
  const lines: Line[] = []
  for await (const message of readInThread({ bytes, file_name, form: form.name, year }, signal)) {
    if (message.kind !== 'rows') continue
    for (const { values, beside, unit, errors } of message.rows) {
      const wrong = new Set(errors?.map(({ field }) => field))
      const found = ({ source }: FormColumn): Value => {
        if (source.from === 'unit') return unit ?? null
        if (source.from === 'beside') return beside?.[source.reference.name]?.[source.field.name] ?? null
        if (source.from === 'token') return null
        return wrong.has(source.field.name) ? unreadable : (values[source.field.name] ?? null)
      }
      lines.push({ id: null, values: columns.map((column) => printAs(column, found(column))) })
    }
  }
  if (lines.length === 0) throw new Refusal(422, `没有读到${form.label}的行，请核对是不是这张表。`)
  return { ...snapshot, lines }
}

const printAs = ({ print }: FormColumn, value: Value) => (value === unreadable ? unreadable : print(value))

/** Where a row's name stands among the headings. */
export function namedAt(form: Form, { headings }: Snapshot): number {
  const label = (fieldOf(form, form.names) as Field | undefined)?.label
  return Math.max(0, headings.indexOf(label ?? ''))
}
