/**
 * A spreadsheet over a windowed list. See `types.ts` for the contract; styles are in `grid.css`, which reads the colours
 * from CSS variables. The grid only shows as stored what the source has answered: until then a cell is marked unsaved.
 */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import {
  lazy,
  type Ref,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { AtCell, openFiles, today } from './AtCell.tsx'
import { Body } from './Body.tsx'
import { checkAll, checkedState } from './checking.ts'
import { isBlank } from './edits.ts'
import { Heads } from './Heads.tsx'
import { handleOf } from './handle.ts'
import { useModel, useOutside, useReveal, useShift, useWindow } from './hooks.ts'
import { Marks } from './Marks.tsx'
import type { Model } from './model.ts'
import { Unseen } from './Others.tsx'
import { rectOf } from './selection.ts'
import type { GridHandle, GridProps, Message, Option, RowItem } from './types.ts'
import { useLooks, useWheelZoom, zoomStyle } from './useLooks.ts'
import { type Opened, useOpened } from './useOpened.ts'
import { usePointer } from './usePointer.ts'
import { useSuggestions } from './useSuggestions.ts'
import { useViewport } from './useViewport.ts'

const INVITATION = '在这里接着录入，或粘贴 Excel 里的行'
const SAID_FOR = 6000
const ColumnMenu = lazy(() => import('./ColumnMenu.tsx').then((parts) => ({ default: parts.ColumnMenu })))
const RowMenu = lazy(() => import('./RowMenu.tsx').then((parts) => ({ default: parts.RowMenu })))
const WholeBar = lazy(() => import('./WholeBar.tsx').then((parts) => ({ default: parts.WholeBar })))
const SumsLine = lazy(() => import('./SumsLine.tsx').then((parts) => ({ default: parts.SumsLine })))

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

  const looks = useLooks(model, page)
  const { layout, view, zoom } = looks
  const openMenuRef = useRef<(column: string, part?: 'menu' | 'filter') => void>(() => {})
  const [rowMenu, setRowMenu] = useState<{ items: readonly RowItem[]; at: { left: number; top: number } } | null>(null)
  const [menu, setMenu] = useState<{ column: string; part: 'menu' | 'filter' } | null>(null)
  model.configure({ ...page, columns: layout.columns, all: page.columns })

  const checkable = page.checkable !== false
  const digits = String(Math.max(1000, page.numbers?.most ?? model.rows.rowCount())).length
  const numberWidth = 16 + Math.round((digits * 8 * zoom) / 100) + (checkable ? 22 : 0)
  const noteHeight = page.note?.height ?? 0
  const rowHeight = Math.round(((page.rowHeight ?? 32) * zoom) / 100) + noteHeight
  const lines = model.grouped.lines()
  const viewport = useViewport({ layout, rows: model.rows.rowCount(), lines, rowHeight, numberWidth })
  const field = useRef<HTMLTextAreaElement>(null)
  const selection = model.selection()
  const editing = model.editing()
  const setText = (text: string) => {
    if (field.current) field.current.value = text
    model.setEditText(text)
  }
  const suggestions = useSuggestions(model, editing, setText)
  const { commit } = suggestions
  const opened = useOpened(model, () => field.current?.focus({ preventScroll: true }))
  const pointer = usePointer(model, viewport, field, commit, openReference)

  useWindow(model, viewport.rows)
  useWheelZoom(viewport.root, looks)
  useReveal(model, viewport)
  useShift(model, viewport, rowHeight)
  useOutside(model, pageRef)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), SAID_FOR)
    return () => clearTimeout(timer)
  }, [said])
  useImperativeHandle(
    ref,
    () => ({
      ...handleOf(model, field),
      openFilter: (column) => openMenuRef.current(column, 'filter'),
      foldGroups: (open) => model.toggleGroup(open),
    }),
    [model],
  )

  const toField = () => field.current?.focus({ preventScroll: true })
  function closeMenu() {
    const name = menu?.column
    setMenu(null)
    const head = viewport.root.current?.querySelector<HTMLElement>(`[data-head="${name}"] .grid-head-words`)
    // Back to where the menu was opened from: a head that the keys stood on, or the cells.
    if (head?.tabIndex === 0 && cameByHead.current) head.focus()
    else toField()
  }
  const cameByHead = useRef(false)
  function fit(name: string) {
    const fitted = page.columns.find((each) => each.name === name)
    const { fontFamily } = getComputedStyle(viewport.root.current ?? document.body)
    void import('./fitting.ts').then(({ fittingWidth }) => {
      if (!fitted) return
      const width = fittingWidth(model, fitted, viewport.rows.first, `13px ${fontFamily}`)
      looks.setView({ ...view, widths: { ...view.widths, [name]: width } })
    })
  }
  openMenuRef.current = openMenu
  /** Keys that are neither for a cell nor for its text. */
  function onKey(event: React.KeyboardEvent): boolean {
    if (event.target !== field.current || event.nativeEvent.isComposing) return false
    const { key, altKey, shiftKey } = event
    const asksMenu = key === 'ContextMenu' || (key === 'F10' && shiftKey) || (key === 'ArrowDown' && altKey)
    const whole = model.selection().whole === 'columns' && model.activeColumn()
    if (asksMenu && whole) openMenu(whole.name)
    else if (asksMenu && key !== 'ArrowDown') return openRowMenu()
    else return model.grouped.parts()?.headingKey(model, event) ?? false
    return true
  }
  /** The menu of the active row: beside its cell, or where the pointer is. */
  function openRowMenu(pointer?: { clientX: number; clientY: number }): boolean {
    const place = model.activePlace()
    const root = viewport.root.current?.getBoundingClientRect()
    if (!page.rowMenu || place.kind !== 'stored' || !root) return false
    model.commitEdit()
    const cell = field.current?.getBoundingClientRect()
    const at = pointer ?? { clientX: (cell?.left ?? 0) + 24, clientY: cell?.bottom ?? 0 }
    const { top, bottom } = rectOf(model.selection())
    const places = model.selectedPlaces().filter(({ key }) => !model.rows.isNew(key))
    // Of a selection that is not wholly here only the row itself is meant.
    const rows = places.length === bottom - top + 1 ? places.map(({ base }) => base) : [place.base]
    const items = page.rowMenu(place.base, rows)
    setRowMenu({ items, at: { left: at.clientX - root.left, top: at.clientY - root.top } })
    return true
  }
  function openMenu(name: string, part: 'menu' | 'filter' = 'menu') {
    model.commitEdit()
    viewport.revealAcross(layout.columns.findIndex((each) => each.name === name))
    cameByHead.current = document.activeElement?.closest('[data-head]') !== null
    setMenu({ column: name, part })
  }

  function openReference(): boolean {
    const [place, column] = [model.activePlace(), model.activeColumn()]
    if (!('key' in place) || column?.type !== 'reference' || !page.onOpenReference) return false
    if (isBlank(place.base[column.name])) return false
    page.onOpenReference(column, place.base)
    return true
  }

  function pick(option: Option) {
    suggestions.pick(option)
    if (editing?.column.type !== 'choices') model.commitEdit()
  }

  const place = model.activePlace()
  const column = model.activeColumn()
  const known = place.kind === 'stored' || place.kind === 'new' ? place : null
  const writable = model.canWriteActive()
  const box = viewport.boxOf(selection.active)
  const isLoading = model.rows.windows.isLoading()
  const cursor = model.grouped.cursor()
  const heading = cursor === null ? null : model.grouped.heading(cursor)
  const menuColumn = page.columns.find(({ name }) => name === menu?.column)
  const summary = view.summary ?? {}
  const summed = page.source.getSummary && layout.columns.some(({ name }) => summary[name])

  return (
    <div
      ref={viewport.root}
      className={['grid', isLoading && 'loading', summed && 'summed', heading !== null && 'on-heading']
        .filter(Boolean)
        .join(' ')}
      onKeyDownCapture={(event) => {
        if (!onKey(event)) return
        event.preventDefault()
        event.stopPropagation()
      }}
      style={
        {
          ...zoomStyle(zoom),
          '--row': `${rowHeight - noteHeight}px`,
          '--number': `${numberWidth}px`,
          '--tick': checkable ? '20px' : '0px',
          '--fixed': `${numberWidth + layout.frozenWidth}px`,
        } as object
      }
      data-rows={model.rows.realCount()}
      data-gone={model.rows.goneCount() || undefined}
    >
      <div
        role="grid"
        className="grid-table"
        aria-label={page.label}
        aria-rowcount={viewport.track.rows + 2 + (summed ? 1 : 0)}
        aria-colcount={layout.columns.length + 1}
        aria-multiselectable="true"
        aria-busy={isLoading}
      >
        <Heads
          layout={layout}
          view={view}
          onView={looks.setView}
          numberWidth={numberWidth}
          selected={selection.whole ? rectOf(selection) : null}
          checkable={checkable}
          numbersLabel={page.numbers?.label}
          checked={checkedState(model)}
          onCheckAll={() => void checkAll(model)}
          onResize={looks.resize}
          onColumnDown={pointer.onColumnDown}
          menuOf={menu?.column ?? null}
          onMenu={openMenu}
          onMove={looks.move}
          onFit={fit}
          onLeave={toField}
          onReveal={viewport.revealAcross}
        />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the field over the active cell */}
        <div
          ref={viewport.scroller}
          role="presentation"
          className="grid-scroll"
          onPointerDown={pointer.onCellsDown}
          onClick={pointer.onTap}
          onDoubleClick={(event) => onDoubleClick(event, model, page, opened)}
          onContextMenu={(event) => {
            pointer.onTap(event)
            if (openRowMenu(event)) event.preventDefault()
          }}
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
                  noteHeight={noteHeight}
                  editing={editing !== null}
                  fillTo={pointer.fillTo}
                  onFillStart={known && column && writable ? pointer.onFillDown : null}
                  onFillDouble={pointer.onFillDouble}
                />
              </div>
            </div>
          </div>
        </div>
        {summed && (
          <Suspense fallback={<div className="grid-sums-row" />}>
            <SumsLine
              {...{ model, layout, view, summary, numberWidth, today: page.today }}
              rowIndex={viewport.track.rows + 3}
            />
          </Suspense>
        )}
      </div>
      <div className="grid-over" style={viewport.size}>
        <div ref={viewport.anchor} className="grid-anchor" style={{ '--cell-width': `${box.width}px` } as object}>
          <AtCell
            {...{
              id,
              model,
              page,
              layout,
              viewport,
              box,
              suggestions,
              opened,
              field,
              commit,
              setText,
              pick,
              openReference,
            }}
            rowHeight={rowHeight}
            noteHeight={noteHeight}
            fixed={numberWidth + layout.frozenWidth}
            checkable={checkable}
            heading={heading}
          />
        </div>
      </div>
      {rowMenu && (
        <Suspense fallback={null}>
          <RowMenu
            {...rowMenu}
            label={`第 ${selection.active.row + 1} 行`}
            onClose={() => {
              setRowMenu(null)
              toField()
            }}
          />
        </Suspense>
      )}
      {menu && menuColumn && (
        <Suspense fallback={null}>
          <ColumnMenu
            {...{
              model,
              looks,
              part: menu.part,
              column: menuColumn,
              columns: page.columns,
              today: page.today ?? today(),
            }}
            around={viewport.rows.first}
            onPart={(part) => setMenu({ ...menu, part })}
            onClose={closeMenu}
          />
        </Suspense>
      )}
      {opened.kind === 'find' && opened.parts && (
        <opened.parts.FindBar model={model} onClose={opened.close} onSearch={page.onSearch ?? null} />
      )}
      {model.rows.realCount() === 0 && model.rows.windows.known() && page.empty && (
        <div className="grid-empty">{page.empty}</div>
      )}
      {model.wholes.now() && (
        <Suspense fallback={null}>
          <WholeBar model={model} />
        </Suspense>
      )}
      <Unseen model={model} />
      {said && !page.onMessage && <div className={`grid-said ${said.kind}`}>{said.text}</div>}
      <div aria-live="polite" className="grid-hidden">
        {said?.text}
      </div>
    </div>
  )
}

function onDoubleClick(event: React.MouseEvent, model: Model, page: GridProps, opened: Opened) {
  const place = model.activePlace()
  const inNumbers = event.target instanceof Element && event.target.closest('.grid-number')
  if (!inNumbers) {
    if (openFiles(model, page) || !model.beginEdit('edit')) return
    if (model.activeColumn()?.type === 'date') opened.open('calendar')
  } else if (place.kind === 'stored') page.onOpenRow?.(place.base)
}
