/** The menu of a row: what this person can do with it, or with the selected rows it stands among. */
import type { RefObject } from 'react'
import { isOpen, type Setting } from '../../columns.tsx'
import type { GridHandle, Row, RowItem } from '../../grid/index.ts'
import type { Action } from '../../me.ts'
import { stepsOf } from '../../parts/Campaign.tsx'
import { copyText, rowsAt } from '../../parts/links.ts'
import { countOf, type Offer, offersFor } from './acting.ts'

type RowActions = {
  setting: Setting
  grid: RefObject<GridHandle | null>
  mayAdd: boolean
  onOpen(row: Row): void
  onHistory(row: Row): void
  onStart(offer: Offer): void
  onStep(campaign: { id: number; year: number; state: string }, step: Action): void
  onCopied(): void
}

/** Fields that alone tell a record from others: a copy of the row can't have them too. */
const telling = ({ form }: Setting) => form.keys.filter((key) => key.length === 1).flat()

export function rowItems(row: Row, selected: readonly Row[], doing: RowActions): RowItem[] {
  const { setting, grid, mayAdd } = doing
  const { form, me, rights } = setting
  const id = Number(row.id)
  const many = selected.length > 1 ? ` ${selected.length} 行` : ''
  const open = rights.remove ? selected.filter((each) => isOpen(setting, each)) : []
  const unsaved = selected.filter((each) => grid.current?.isUnsaved(each.id))
  const name = String(row[`${form.names}_label`] ?? row[form.names] ?? id)
  const link = () =>
    `${location.origin}${location.pathname}#${rowsAt(form.name, { id: { values: [id], label: name } }, { open: id })}`
  const add: RowItem[] = mayAdd
    ? [
        { words: '新增一行', run: () => grid.current?.newRow() },
        { words: '复制为新行', run: () => grid.current?.duplicate(id, telling(setting)) },
      ]
    : []
  const steps = offersFor(me, rights.actions, selected).map((offer): RowItem => {
    const count = countOf(offer.which)
    return { words: `${offer.label}${many && ` ${count} 行`}`, run: () => doing.onStart(offer) }
  })
  // a campaign is moved on by itself, after a question
  if (form.flow === 'campaign') {
    const campaign = { id, year: Number(row.year), state: String(row.state) }
    steps.push(
      ...stepsOf(me, campaign).map((step): RowItem => ({ words: step.label, run: () => doing.onStep(campaign, step) })),
    )
  }
  const remove: RowItem[] = rights.remove
    ? [
        {
          words: `删去${many && ` ${open.length} 行`}`,
          hint: 'Ctrl −',
          ...(open.length === 0 && { off: '这一行现在不能删' }),
          run: () => grid.current?.deleteRows(open.map((each) => each.id)),
        },
      ]
    : []
  const items: RowItem[] = [
    { words: '打开', hint: 'Ctrl ↵', run: () => doing.onOpen(row) },
    { words: '历史', run: () => doing.onHistory(row) },
    { words: '复制链接', run: () => void copyText(link()).then(doing.onCopied) },
    '-',
    ...steps,
    '-',
    ...add,
    {
      words: `恢复改动${many && ` ${unsaved.length} 行`}`,
      ...(unsaved.length === 0 && { off: '没有未保存的改动' }),
      run: () => {
        for (const each of unsaved) grid.current?.revert(each.id)
      },
    },
    ...remove,
  ]
  return items.filter((item, at) => item !== '-' || (at > 0 && items[at - 1] !== '-'))
}
