/** Who changed one cell, out of the history of its row. */
import { type Form, formsBeside } from '../../../server/forms/index.ts'
import type { HistoryEntry } from '../../../server/records/history.ts'
import { dataProvider } from '../../dataProvider.ts'
import type { CellChange } from '../../grid/index.ts'
import { differencesOf } from '../../parts/history.tsx'
import { wordOf } from '../../parts/states.tsx'
import { when } from '../../parts/words.ts'

function changeOf(form: Form, change: HistoryEntry, name: string): { before: string; after: string } | undefined {
  if (name !== 'status') return differencesOf(formsBeside(form), change).find((difference) => difference.name === name)
  const [before, after] = [change.before?.status, change.after?.status]
  return before === after ? undefined : { before: before ? wordOf(before) : '', after: after ? wordOf(after) : '' }
}

/** The changes of a cell, the last one first; `today` shortens their moments. */
export async function cellHistory(form: Form, id: number, name: string, today: string): Promise<CellChange[]> {
  const changes = (await dataProvider.history(form.name, id)) as HistoryEntry[]
  return changes.flatMap((change) => {
    const told = changeOf(form, change, name)
    if (!told) return []
    const who = `${change.actor ?? '系统'}${change.import_id ? '（导入）' : ''}`
    return [{ when: when(change.at, today), who, before: told.before, after: told.after }]
  })
}
