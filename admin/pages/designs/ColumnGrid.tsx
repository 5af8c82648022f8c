/** The columns of a register in our grid: one row a column, moved by Alt+↑ ↓ or by its handle, pasted from Excel, undone. */
import { type RefObject, useMemo, useRef } from 'react'
import { useNotify } from 'react-admin'
import {
  Grid,
  type GridHandle,
  type Row,
  type RowItem,
  type RowTarget,
  type Status,
  type Whole,
} from '../../grid/index.ts'
import { useDensity } from '../../layout/looks.ts'
import { designColumns, fixedReason, sheetRowOf } from './columns.tsx'
import type { DesignDraft } from './sheet/draft.ts'
import type { DesignFaults } from './sheet/faults.ts'

type ColumnGridProps = {
  draft: DesignDraft
  faults: DesignFaults
  adjusts: boolean
  isOpen: boolean
  grid: RefObject<GridHandle | null>
  /** The data name of the column one is on, and why its cell can't be changed. */
  onActive: (name: string | null, reason: string | undefined) => void
  onStatus: (status: Status) => void
}

export function ColumnGrid({ draft, faults, adjusts, isOpen, grid, onActive, onStatus }: ColumnGridProps) {
  const { height } = useDensity()
  const notify = useNotify()
  const activeColumn = useRef<string | null>(null)
  const columns = useMemo(() => {
    const all = designColumns(adjusts)
    return isOpen ? all : all.map((column) => ({ ...column, editable: () => false }))
  }, [adjusts, isOpen])
  const rowState = useMemo(
    () => (row: Row) => {
      const own = sheetRowOf(row)
      const cells = own && faults.cells.get(own.id)
      return { ...(own?.hidden && { struck: true }), ...(cells && { faults: cells }) }
    },
    [faults],
  )

  /** Steps of the grid's, one after the other however fast the keys come; the cursor goes with the row. */
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  function step(words: string, begin: () => Whole, whereTo: () => readonly [id: unknown, column: string]) {
    queue.current = queue.current.then(async () => {
      const done = await grid.current?.operate(words, 1, async () => begin())
      if (done) grid.current?.focusCell(...whereTo())
    })
  }
  function move(ids: unknown[], to: RowTarget) {
    const column = activeColumn.current ?? 'label'
    step(
      '移动',
      () => draft.moving(ids.map(Number), to),
      () => [ids[0], column],
    )
  }
  function insert(before: number) {
    let made = 0
    step(
      '插入一栏',
      () => draft.inserting(before, (id) => (made = id)),
      () => [made, 'label'],
    )
  }

  function menu(row: Row, selected: readonly Row[]): RowItem[] {
    const own = sheetRowOf(row)
    if (!own || !isOpen) return []
    const builtIn = selected.some((each) => sheetRowOf(each)?.builtIn)
    return [
      { words: '在上面插入一栏', hint: 'Ctrl +', run: () => insert(own.id) },
      {
        words: selected.length > 1 ? `删去 ${selected.length} 栏` : '删去这一栏',
        hint: 'Ctrl -',
        ...(builtIn && { off: '原有的栏目删不掉；不用的，在“不用”里勾上。' }),
        run: () => grid.current?.deleteRows(selected.map(({ id }) => id)),
      },
    ]
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: one key more for the field of the grid
    <div
      style={{ height: '100%' }}
      onKeyDown={(event) => {
        if (!isOpen || !event.ctrlKey || !['+', '='].includes(event.key)) return
        event.preventDefault()
        // of the grid itself: what it has told of its selection may be a moment old
        const [id] = grid.current?.selectedIds() ?? []
        if (id !== undefined) insert(Number(id))
      }}
    >
      <Grid
        ref={grid}
        label="栏目"
        columns={columns}
        source={draft.source}
        rowState={rowState}
        {...(isOpen && {
          blankRow: () => ({ type: 'text' }),
          onMoveRows: move,
        })}
        checkable={false}
        removable={isOpen}
        rowHeight={height}
        invitation="在这里接着写，或粘贴 Excel 的表头"
        rowMenu={menu}
        onSelectionChange={({ activeId, column }) => {
          activeColumn.current = column
          const row = draft.rowOf(Number(activeId))
          onActive(
            row ? (sheetRowOf(row)?.field.name ?? null) : null,
            row && column && isOpen ? fixedReason(row, column) : undefined,
          )
        }}
        onStatus={onStatus}
        onMessage={({ text, kind }) => {
          if (text) notify(text, { type: kind === 'fault' ? 'warning' : 'info' })
        }}
      />
    </div>
  )
}
