/** Changed cells on their way: what of each row can be sent, and what the answer makes of it. */
import type { RowAnswer, RowKey, SaveAnswer, SaveRequest } from '../types.ts'
import { sendable, settle, startSending, stopSending } from './edits.ts'
import type { SavingCore, SavingState } from './saving.ts'

const MAX_ROWS_PER_REQUEST = 2_000

/** `onMade` is told of a row that was undone while it was being stored, and whether it has been. */
export function createCellSaving(
  { source, rows, changed, say }: SavingCore,
  state: SavingState,
  onMade: (key: RowKey, isStored: boolean) => void,
) {
  function collect() {
    const { columns } = rows.rules()
    const batch: { key: RowKey; isNew: boolean }[] = []
    const request: SaveRequest = { create: [], update: [], remove: [] }
    for (const [key, edit] of rows.edits) {
      if (batch.length >= MAX_ROWS_PER_REQUEST) break
      const base = rows.bases.get(key)
      const isNew = rows.isNew(key)
      // A row that may have been made is asked for once more before it can leave.
      if (!base || (rows.leaving.has(key) && !(isNew && edit.unanswered))) continue
      const cells = sendable(columns, base, edit, isNew, rows.former)
      if (!cells) continue
      const values = Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.value]))
      if (isNew) request.create.push({ ...base, ...values })
      else request.update.push({ id: base.id, version: base.version, values })
      batch.push({ key, isNew })
      rows.edits.set(key, startSending(edit, cells))
    }
    return { batch, request }
  }

  function take(key: RowKey, answer: RowAnswer | undefined) {
    const base = rows.bases.get(key)
    const edit = rows.edits.get(key)
    if (!base || !edit) return
    if (!answer) rows.setEdit(key, stopSending(edit))
    else if ('gone' in answer) {
      const words = Object.values(edit.cells)
        .slice(0, 3)
        .map(({ text }) => `“${text}”`)
      rows.drop([key])
      say({ kind: 'fault', text: `${answer.gone}您写的${words.join('、')}没有存上。` })
    } else {
      const settled = settle(rows.byName(), base, edit, answer)
      if ('row' in answer) state.savedAt = Date.now()
      if (settled.base !== base) rows.stored(key, settled.base)
      rows.setEdit(key, settled.edit)
      if (rows.leaving.has(key)) onMade(key, !rows.isNew(key))
    }
  }

  /** Sends what can be sent; false when there is nothing. Fails when nobody answers: it stays to be sent again. */
  return async function send(): Promise<boolean> {
    const { batch, request } = collect()
    if (batch.length === 0) return false
    changed()
    let answer: SaveAnswer
    try {
      answer = await source.save(request)
    } catch (error) {
      for (const { key } of batch) take(key, undefined)
      throw error
    }
    const created = [...answer.create]
    const updated = [...answer.update]
    for (const { key, isNew } of batch) take(key, isNew ? created.shift() : updated.shift())
    return true
  }
}
