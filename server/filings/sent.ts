/** An uploaded workbook as the snapshot a registered paper is compared with. */
import { Refusal } from '../errors.ts'
import { type Field, type Form, fieldOf } from '../forms/index.ts'
import { heldInThread } from './held.ts'
import { type CellDifference, compare, type Snapshot, type SnapshotDifference, type SnapshotRow } from './snapshot.ts'

type SentWorkbook = { form: Form; bytes: Buffer; file_name: string; snapshot: Snapshot; signal: AbortSignal }

/**
 * What a sent workbook says under the headings of `snapshot`, and how that differs. Throws `WorkbookRefused` for what is
 * no workbook, 422 where the table is not in it.
 */
export async function holdAgainst(asked: SentWorkbook): Promise<{ sent: Snapshot; difference: SnapshotDifference }> {
  const { form, snapshot, signal, ...file } = asked
  const held = { ...file, snapshot, names_unit: form.scope === 'unit' }
  const lines: SnapshotRow[] = []
  let head: CellDifference[] | undefined
  for await (const message of heldInThread(held, signal)) {
    if (message.kind === 'held_end') head = message.head
    else for (const values of message.rows) lines.push({ id: null, values })
  }
  if (!head) throw new Refusal(422, `没有读到${form.label}的表，请核对是不是这一份。`)
  const sent = { ...snapshot, lines }
  return { sent, difference: { ...compare(snapshot, sent, namedAt(form, snapshot)), head } }
}

/** Where a row's name stands among the headings. */
export function namedAt(form: Form, { headings }: Snapshot): number {
  const label = (fieldOf(form, form.names) as Field | undefined)?.label
  return Math.max(0, headings.indexOf(label ?? ''))
}
