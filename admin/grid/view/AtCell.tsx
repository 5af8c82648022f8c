/** What stands at the active cell: the field that has the focus, its list, its calendar, its sentence. */
import type { RefObject } from 'react'
import { cellState } from '../model/edits.ts'
import type { GroupHeading } from '../model/grouping.ts'
import type { Model } from '../model/model.ts'
import { rectOf } from '../model/selection.ts'
import { problemAt } from '../model/status.ts'
import type { GridProps, Option } from '../types.ts'
import { Editor } from './Editor.tsx'
import { Bubble, SuggestionList } from './Floats.tsx'
import type { GridLayout } from './geometry.ts'
import { Over } from './Over.tsx'
import type { Opened } from './useOpened.ts'
import type { Suggestions } from './useSuggestions.ts'
import type { Viewport } from './useViewport.ts'

/** A calendar needs so much room below its cell. */
const CALENDAR_PX = 260

type Box = { left: number; top: number; width: number }
type Size = { width: number; height: number }

type AtCellProps = {
  id: string
  model: Model
  page: GridProps
  layout: GridLayout
  viewport: Viewport
  box: Box
  suggestions: Suggestions
  opened: Opened
  field: RefObject<HTMLTextAreaElement | null>
  commit(over?: boolean): void
  setText(text: string): void
  pick(option: Option): void
  openReference(): boolean
  rowHeight: number
  noteHeight: number
  /** Where the frozen columns end. */
  fixed: number
  checkable: boolean
  heading: GroupHeading | null | undefined
}

export function AtCell(props: AtCellProps) {
  const { id, model, page, layout, viewport, box, suggestions, opened, rowHeight } = props
  const { row, column: across } = model.selection().active
  const { size } = viewport
  const place = model.activePlace()
  const column = model.activeColumn()
  const known = place.kind === 'stored' || place.kind === 'new' ? place : null
  const edit = known ? model.rows.edits.get(known.key) : undefined
  const state = known ? page.rowState?.(known.base) : undefined
  const typed = known && column && problemAt(layout.columns, edit, known.base, column, true, known.kind === 'new')
  const held = column && !edit?.cells[column.name] ? state?.faults?.[column.name] : undefined
  const problem = typed || held
  const mark = column && !edit?.cells[column.name] ? state?.marks?.[column.name] : undefined
  const underFrozen = across >= layout.frozen && box.left + box.width < props.fixed
  const inView = box.top > -rowHeight && box.top < size.height && box.left < size.width && !underFrozen
  const lists = suggestions.open && inView
  const listId = lists || opened.kind === 'calendar' ? `${id}-list` : undefined
  const side = sideOf(box, size, rowHeight)
  const day = page.today ?? today()

  function label(): string {
    if (props.heading) return model.grouped.parts()?.wordsOfGroup(model, props.heading) ?? ''
    if (!column) return page.label
    // What stands there, also when it could not be understood.
    const text = known ? cellState(column, known.base, edit).text : ''
    return `${column.label}，第 ${row + 1} 行，${text || '空'}`
  }
  function optionId(): string | undefined {
    if (opened.kind === 'calendar') return `${id}-list-on`
    return lists && suggestions.at >= 0 ? `${id}-list-${suggestions.at}` : undefined
  }
  function openHistory(): boolean {
    if (known?.kind !== 'stored' || !page.cellHistory) return false
    if (opened.kind === 'history') page.onOpenHistory?.(known.base)
    else opened.open('history')
    return true
  }

  return (
    <>
      <Editor
        model={model}
        field={props.field}
        width={box.width}
        rowHeight={rowHeight - props.noteHeight}
        label={label()}
        described={problem || mark ? `${id}-bubble` : undefined}
        invalid={Boolean(problem)}
        readOnly={!model.canWriteActive()}
        listId={listId}
        optionId={optionId()}
        commit={props.commit}
        actions={{
          pageRows: viewport.pageRows,
          suggestions,
          opened,
          today: () => day,
          removable: page.removable !== false,
          checkable: props.checkable,
          openRow: () => known && page.onOpenRow?.(known.base),
          openReference: props.openReference,
          reveal: () => viewport.reveal(model.selection().active),
          openFiles: () => openFiles(model, page),
          openHistory,
          moveRows: (step) => moveSelected(model, page, step),
        }}
      />
      {lists && (
        <SuggestionList
          id={`${id}-list`}
          suggestions={suggestions}
          above={opensAbove(suggestions, box.top, rowHeight, size.height)}
          onPick={props.pick}
        />
      )}
      {inView && (
        <Over
          {...{ id, model, opened, page, column, side }}
          row={known?.base ?? null}
          above={box.top + rowHeight + CALENDAR_PX > size.height && box.top > CALENDAR_PX}
          today={day}
          setText={props.setText}
        />
      )}
      {!lists && !opened.kind && known && column && inView && (
        <Bubble
          {...{ model, edit, column, mark, side }}
          id={`${id}-bubble`}
          rowKey={known.key}
          base={known.base}
          problem={problem || undefined}
          aside={page.aside && !typed ? (page.aside(known.base, column) ?? null) : undefined}
          conflictNote={page.conflictNote}
        />
      )}
    </>
  )
}

/** The selected rows past the one above or below them. */
function moveSelected(model: Model, page: GridProps, step: 1 | -1): boolean {
  if (!page.onMoveRows) return false
  const { top, bottom } = rectOf(model.selection())
  const ids = Array.from({ length: bottom - top + 1 }, (_, at) => model.rows.placeAt(top + at)).flatMap((place) =>
    place.kind === 'stored' ? [place.base.id] : [],
  )
  if (ids.length > 0) page.onMoveRows(ids, { step })
  return true
}

/** The day on this clock. */
export const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)

/** Shows the files of the active cell where the page has a place for them; false when it is none of files. */
export function openFiles(model: Model, page: GridProps): boolean {
  const [place, column] = [model.activePlace(), model.activeColumn()]
  if (column?.type !== 'files' || place.kind !== 'stored' || !page.onOpenFiles) return false
  page.onOpenFiles(place.base, column)
  return true
}

/** Suggestions open below their cell, and above it only where they would not fit below but do above. */
function opensAbove(suggestions: Suggestions, top: number, rowHeight: number, height: number): boolean {
  const needed = Math.min(236, Math.max(1, suggestions.options.length) * 28) + (suggestions.create ? 36 : 0) + 14
  return top + rowHeight + needed > height && top > needed
}

/** Right of the cell, else left of it, else below or above. */
function sideOf(box: Box, size: Size, rowHeight: number) {
  const down = box.top + 120 > size.height ? ' upward' : ''
  if (box.left + box.width + 396 < size.width) return `right${down}`
  if (box.left > 396) return `left${down}`
  return box.top + rowHeight + 120 > size.height ? 'above' : 'below'
}
