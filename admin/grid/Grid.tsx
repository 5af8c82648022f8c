/**
 * A spreadsheet over a windowed list. See `types.ts` for the contract; styles are in `grid.css`, which reads the colours
 * from CSS variables. The grid only shows as stored what the source has answered: until then a cell is marked unsaved.
 */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import {
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { Body } from './Body.tsx'
import { checkAll, checkedState } from './checking.ts'
import { Editor } from './Editor.tsx'
import { Bubble, SuggestionList } from './Floats.tsx'
import { layoutOf } from './geometry.ts'
import { Heads } from './Heads.tsx'
import { handleOf } from './handle.ts'
import { useModel, useOutside, useReveal, useWindow } from './hooks.ts'
import { Marks } from './Marks.tsx'
import type { Model } from './model.ts'
import { rectOf } from './selection.ts'
import { problemAt } from './status.ts'
import type { Column, GridHandle, GridProps, Message, Option, View } from './types.ts'
import { usePointer } from './usePointer.ts'
import { type Suggestions, useSuggestions } from './useSuggestions.ts'
import { useViewport } from './useViewport.ts'

const INVITATION = '在这里接着录入，或粘贴 Excel 里的行'
const SAID_FOR = 6000

export function Grid({ ref, ...page }: GridProps & { ref?: Ref<GridHandle> }) {
  const id = useId()
  const [said, setSaid] = useState<Message | null>(null)
  const pageRef = useRef(page)
  pageRef.current = page
  const say = useCallback((message: Message) => {
    setSaid({ ...message })
    pageRef.current.onMessage?.(message)
  }, [])
  const model = useModel(page, say)
  useSyncExternalStore(model.subscribe, model.version)

  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({})
  const layout = useMemo(() => layoutOf(page.columns, widths), [page.columns, widths])
  model.configure({ ...page, columns: layout.columns })

  const checkable = page.checkable !== false
  const digits = String(Math.max(1000, model.rows.rowCount())).length
  const numberWidth = 16 + digits * 8 + (checkable ? 22 : 0)
  const rowHeight = page.rowHeight ?? 32
  const viewport = useViewport({ layout, rows: model.rows.rowCount(), rowHeight, numberWidth })
  const field = useRef<HTMLTextAreaElement>(null)
  const selection = model.selection()
  const editing = model.editing()
  const setText = (text: string) => {
    if (field.current) field.current.value = text
    model.setEditText(text)
  }
  const suggestions = useSuggestions(model, editing, setText)
  const { commit } = suggestions
  const pointer = usePointer(model, viewport, field, commit)

  useWindow(model, viewport.range)
  useReveal(model, viewport)
  useOutside(model, pageRef)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), SAID_FOR)
    return () => clearTimeout(timer)
  }, [said])
  useImperativeHandle(ref, () => handleOf(model, field), [model])

  function onView(view: View) {
    if (!pageRef.current.view) model.setView(view)
    pageRef.current.onViewChange?.(view)
  }

  function onResize(column: Column, width: number, done: boolean) {
    setWidths((old) => ({ ...old, [column.name]: width }))
    if (done) pageRef.current.onColumnResize?.(column.name, width)
  }

  function pick(option: Option) {
    suggestions.pick(option)
    if (editing?.column.type !== 'choices') model.commitEdit()
  }

  const place = model.activePlace()
  const column = model.activeColumn()
  const known = place.kind === 'stored' || place.kind === 'new' ? place : null
  const edit = known ? model.rows.edits.get(known.key) : undefined
  const writable = model.canWriteActive()
  const problem = known && column && problemAt(layout.columns, edit, known.base, column, true, known.kind === 'new')
  const state = known ? page.rowState?.(known.base) : undefined
  const mark = column && !edit?.cells[column.name] ? state?.marks?.[column.name] : undefined
  const box = viewport.boxOf(selection.active)
  const underFrozen =
    selection.active.column >= layout.frozen && box.left + box.width < numberWidth + layout.frozenWidth
  const inView =
    box.top > -rowHeight && box.top < viewport.size.height && box.left < viewport.size.width && !underFrozen
  const listId = suggestions.open && inView ? `${id}-list` : undefined
  const active = column && known ? model.rows.rowOf(known.key, known.base)[column.name] : undefined

  return (
    <div
      ref={viewport.root}
      className={model.rows.windows.isLoading() ? 'grid loading' : 'grid'}
      style={
        {
          '--row': `${rowHeight}px`,
          '--number': `${numberWidth}px`,
          '--tick': checkable ? '20px' : '0px',
          '--fixed': `${numberWidth + layout.frozenWidth}px`,
        } as object
      }
      data-rows={model.rows.realCount()}
    >
      <div
        role="grid"
        className="grid-table"
        aria-label={page.label}
        aria-rowcount={model.rows.rowCount() + 2}
        aria-colcount={layout.columns.length + 1}
        aria-multiselectable="true"
        aria-busy={model.rows.windows.isLoading()}
      >
        <Heads
          layout={layout}
          view={model.view()}
          onView={onView}
          numberWidth={numberWidth}
          selected={selection.whole ? rectOf(selection) : null}
          checkable={checkable}
          checked={checkedState(model)}
          onCheckAll={() => void checkAll(model, say)}
          onResize={onResize}
          onColumnDown={pointer.onColumnDown}
        />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the field over the active cell */}
        <div
          ref={viewport.scroller}
          role="presentation"
          className="grid-scroll"
          onPointerDown={pointer.onCellsDown}
          onDoubleClick={(event) => onDoubleClick(event, model, page)}
        >
          <div
            role="presentation"
            className="grid-track"
            style={{
              width: numberWidth + layout.totalWidth + 40,
              height: Math.min(viewport.track.rows * rowHeight, 8_000_000),
            }}
          >
            <div role="presentation" className="grid-pane" style={viewport.size}>
              <div ref={viewport.layer} role="rowgroup" className="grid-rows">
                <Body
                  model={model}
                  viewport={viewport}
                  layout={layout}
                  page={page}
                  id={id}
                  invitation={page.invitation ?? INVITATION}
                />
                <Marks
                  selection={selection}
                  layout={layout}
                  viewport={viewport}
                  numberWidth={numberWidth}
                  editing={editing !== null}
                  fillTo={pointer.fillTo}
                  onFillStart={known && column && writable ? pointer.onFillDown : null}
                />
              </div>
            </div>
          </div>
        </div>
      </div>
      <div className="grid-over" style={viewport.size}>
        <div ref={viewport.anchor} className="grid-anchor" style={{ '--cell-width': `${box.width}px` } as object}>
          <Editor
            model={model}
            field={field}
            width={box.width}
            rowHeight={rowHeight}
            label={
              column
                ? `${column.label}，第 ${selection.active.row + 1} 行，${nameOf(column, active, known?.base)}`
                : page.label
            }
            described={problem || mark ? `${id}-bubble` : undefined}
            invalid={Boolean(problem)}
            readOnly={!writable}
            listId={listId}
            optionId={listId && suggestions.options.length > 0 ? `${listId}-${suggestions.at}` : undefined}
            commit={commit}
            actions={{
              pageRows: viewport.pageRows,
              suggestions,
              today: () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
              removable: page.removable !== false,
              checkable,
              openRow: () => known && page.onOpenRow?.(known.base),
              openReference() {
                if (!known || column?.type !== 'reference' || !page.onOpenReference) return false
                page.onOpenReference(column, known.base)
                return true
              },
            }}
          />
          {listId && (
            <SuggestionList
              id={listId}
              suggestions={suggestions}
              above={opensAbove(suggestions, box.top, rowHeight, viewport.size.height)}
              onPick={pick}
            />
          )}
          {!listId && known && column && inView && (
            <Bubble
              id={`${id}-bubble`}
              model={model}
              rowKey={known.key}
              base={known.base}
              edit={edit}
              column={column}
              problem={problem || undefined}
              mark={mark}
              side={sideOf(box, viewport.size, rowHeight)}
              conflictNote={page.conflictNote}
            />
          )}
        </div>
      </div>
      {model.rows.realCount() === 0 && model.rows.windows.known() && page.empty && (
        <div className="grid-empty">{page.empty}</div>
      )}
      {said && !page.onMessage && <div className={`grid-said ${said.kind}`}>{said.text}</div>}
      <div aria-live="polite" className="grid-hidden">
        {said?.text}
      </div>
    </div>
  )
}

function onDoubleClick(event: React.MouseEvent, model: Model, page: GridProps) {
  const place = model.activePlace()
  const inNumbers = event.target instanceof Element && event.target.closest('.grid-number')
  if (!inNumbers) model.beginEdit('edit')
  else if (place.kind === 'stored') page.onOpenRow?.(place.base)
}

function nameOf(column: Column, value: unknown, base: Readonly<Record<string, unknown>> | undefined): string {
  return value === null || value === undefined || value === '' ? '空' : column.print(value, base ?? {})
}

/** Suggestions open below their cell, and above it only where they would not fit below but do above. */
function opensAbove(suggestions: Suggestions, top: number, rowHeight: number, height: number): boolean {
  const needed = Math.min(236, Math.max(1, suggestions.options.length) * 28) + (suggestions.create ? 36 : 0) + 14
  return top + rowHeight + needed > height && top > needed
}

/** Right of the cell, else left of it, else below or above. */
function sideOf(
  box: { left: number; top: number; width: number },
  size: { width: number; height: number },
  rowHeight: number,
) {
  const down = box.top + 120 > size.height ? ' upward' : ''
  if (box.left + box.width + 396 < size.width) return `right${down}`
  if (box.left > 396) return `left${down}`
  return box.top + rowHeight + 120 > size.height ? 'above' : 'below'
}
