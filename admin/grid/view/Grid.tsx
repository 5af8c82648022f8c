/**
 * A spreadsheet over a windowed list. See `types.ts` for the contract; styles stand beside each part and read the colours
 * from CSS variables. The grid only shows as stored what the source has answered: until then a cell is marked unsaved.
 */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import './Grid.css'
import './parts.css'
import { lazy, type Ref, Suspense, useId, useImperativeHandle, useRef, useSyncExternalStore } from 'react'
import { checkAll, checkedState } from '../model/checking.ts'
import { isBlank } from '../model/edits.ts'
import type { GroupHeading } from '../model/grouping.ts'
import type { Model } from '../model/model.ts'
import { rectOf } from '../model/selection.ts'
import type { GridHandle, GridProps, Option } from '../types.ts'
import { AtCell, openFiles } from './AtCell.tsx'
import { Cells } from './Cells.tsx'
import { Heads } from './Heads.tsx'
import { handleOf } from './handle.ts'
import { useModel, useOutside, useReveal, useSaid, useShift, useWindow } from './hooks.ts'
import { Menus, useMenus } from './Menus.tsx'
import { Unseen } from './Others.tsx'
import { type GridLooks, useLooks, useWheelZoom, zoomStyle } from './useLooks.ts'
import { type Opened, useOpened } from './useOpened.ts'
import { usePointer } from './usePointer.ts'
import { useSuggestions } from './useSuggestions.ts'
import { useViewport } from './useViewport.ts'

const WholeBar = lazy(() => import('../opened/WholeBar.tsx').then((parts) => ({ default: parts.WholeBar })))
const SumsLine = lazy(() => import('../opened/SumsLine.tsx').then((parts) => ({ default: parts.SumsLine })))

/** How the grid is measured: all of it in whole pixels, so that lines stay sharp at every zoom. */
function sizesOf(model: Model, page: GridProps, { layout, zoom }: GridLooks) {
  const checkable = page.checkable !== false
  const digits = String(Math.max(1000, page.numbers?.most ?? model.rows.rowCount())).length
  const numberWidth = 16 + Math.round((digits * 8 * zoom) / 100) + (checkable ? 22 : 0)
  const noteHeight = page.note?.height ?? 0
  const rowHeight = Math.round(((page.rowHeight ?? 32) * zoom) / 100) + noteHeight
  return { checkable, numberWidth, noteHeight, rowHeight, fixed: numberWidth + layout.frozenWidth }
}

/** Everything that works together on one grid. */
function useParts(page: GridProps, ref: Ref<GridHandle> | undefined) {
  const pageRef = useRef(page)
  pageRef.current = page
  const { said, say } = useSaid(pageRef)
  const model = useModel(page, say)
  useSyncExternalStore(model.subscribe, model.version)

  const looks = useLooks(model, page)
  const { layout } = looks
  model.configure({ ...page, columns: layout.columns, all: page.columns })

  const sizes = sizesOf(model, page, looks)
  const { rowHeight, numberWidth } = sizes
  const lines = model.grouped.lines()
  const viewport = useViewport({ layout, rows: model.rows.rowCount(), lines, rowHeight, numberWidth })
  const field = useRef<HTMLTextAreaElement>(null)
  const editing = model.editing()
  const setText = (text: string) => {
    if (field.current) field.current.value = text
    model.setEditText(text)
  }
  const suggestions = useSuggestions(model, editing, setText)
  const toField = () => field.current?.focus({ preventScroll: true })
  const opened = useOpened(model, toField)
  const openReference = () => openReferenceOf(model, page)
  const pointer = usePointer(model, viewport, field, suggestions.commit, openReference)
  const menus = useMenus({ model, page, layout, viewport, field })

  useWindow(model, viewport.rows)
  useWheelZoom(viewport.root, looks)
  useReveal(model, viewport)
  useShift(model, viewport, rowHeight)
  useOutside(model, pageRef)
  useImperativeHandle(
    ref,
    () => ({
      ...handleOf(model, field),
      openFilter: menus.openFilter,
      foldGroups: (open) => model.toggleGroup(open),
    }),
    [model, menus.openFilter],
  )
  function pick(option: Option) {
    suggestions.pick(option)
    if (editing?.column.type !== 'choices') model.commitEdit()
  }
  /** Keys that are neither for a cell nor for its text. */
  function takesKey(event: React.KeyboardEvent): boolean {
    if (event.target !== field.current || event.nativeEvent.isComposing) return false
    return menus.takesKey(event) || (model.grouped.parts()?.headingKey(model, event) ?? false)
  }
  const over = { model, layout, viewport, suggestions, opened, field, setText, pick, openReference }
  return { ...over, page, said, looks, sizes, pointer, menus, toField, takesKey }
}

type GridParts = ReturnType<typeof useParts>

export function Grid({ ref, ...page }: GridProps & { ref?: Ref<GridHandle> }) {
  const id = useId()
  const parts = useParts(page, ref)
  const { model, viewport, looks, sizes, menus, opened, said } = parts
  const cursor = model.grouped.cursor()
  const heading = cursor === null ? null : model.grouped.heading(cursor)
  const isSummed = sumsOf(parts) !== null
  const flags = ['grid', model.rows.windows.isLoading() && 'loading', isSummed && 'summed', heading && 'on-heading']

  return (
    <div
      ref={viewport.root}
      className={flags.filter(Boolean).join(' ')}
      onKeyDownCapture={(event) => {
        if (!parts.takesKey(event)) return
        event.preventDefault()
        event.stopPropagation()
      }}
      style={
        {
          ...zoomStyle(looks.zoom),
          '--row': `${sizes.rowHeight - sizes.noteHeight}px`,
          '--number': `${sizes.numberWidth}px`,
          '--tick': sizes.checkable ? '20px' : '0px',
          '--fixed': `${sizes.fixed}px`,
        } as object
      }
      data-rows={model.rows.realCount()}
      data-gone={model.rows.goneCount() || undefined}
    >
      <Table id={id} parts={parts} />
      <AtActiveCell id={id} parts={parts} heading={heading} />
      <Menus {...{ menus, model, looks, page }} around={viewport.rows.first} />
      {opened.kind === 'find' && opened.parts && (
        <opened.parts.FindBar
          {...{ model, field: parts.field, nth: opened.nth, replaces: opened.replaces }}
          onClose={opened.close}
          onSearch={page.onSearch ?? null}
        />
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

/** What the columns drawn are summed by, or null where none is. */
function sumsOf({ page, looks }: GridParts) {
  const summary = looks.view.summary ?? {}
  return page.source.getSummary && looks.layout.columns.some(({ name }) => summary[name]) ? summary : null
}

/** Heads, rows and the foot of the list. */
function Table({ id, parts }: { id: string; parts: GridParts }) {
  const { model, page, looks, layout, viewport, pointer, menus, opened, sizes } = parts
  const { numberWidth, checkable } = sizes
  const { view } = looks
  const selection = model.selection()
  const summary = sumsOf(parts)
  return (
    <div
      role="grid"
      className="grid-table"
      aria-label={page.label}
      aria-rowcount={viewport.track.rows + 2 + (summary ? 1 : 0)}
      aria-colcount={layout.columns.length + 1}
      aria-multiselectable="true"
      aria-busy={model.rows.windows.isLoading()}
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
        menuOf={menus.ofColumn}
        onMenu={menus.openColumn}
        onMove={looks.move}
        onFit={(name) => fitColumn(parts, name)}
        onLeave={parts.toField}
        onReveal={viewport.revealAcross}
      />
      <Cells
        {...{ id, model, page, layout, viewport, pointer, numberWidth }}
        onDoubleClick={(event) => onDoubleClick(event, model, page, opened)}
        onContextMenu={(event) => {
          pointer.onTap(event)
          if (menus.openRow(event)) event.preventDefault()
        }}
      />
      {summary && (
        <Suspense fallback={<div className="grid-sums-late" />}>
          <SumsLine
            {...{ model, layout, view, summary, numberWidth, today: page.today }}
            rowIndex={viewport.track.rows + 3}
          />
        </Suspense>
      )}
    </div>
  )
}

/** What lies over the rows, at the active cell. */
function AtActiveCell({ id, parts, heading }: { id: string; parts: GridParts; heading: GroupHeading | null }) {
  const { model, page, layout, viewport, suggestions, opened, field, setText, pick, openReference, sizes } = parts
  const { commit } = suggestions
  const box = viewport.boxOf(model.selection().active)
  return (
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
          {...sizes}
          heading={heading}
        />
      </div>
    </div>
  )
}

/** Makes a column as wide as what stands in it. */
function fitColumn({ model, page, viewport, looks }: GridParts, name: string) {
  const fitted = page.columns.find((each) => each.name === name)
  const { fontFamily } = getComputedStyle(viewport.root.current ?? document.body)
  const { view } = looks
  void import('./fitting.ts').then(({ fittingWidth }) => {
    if (!fitted) return
    const width = fittingWidth(model, fitted, viewport.rows.first, `13px ${fontFamily}`)
    looks.setView({ ...view, widths: { ...view.widths, [name]: width } })
  })
}

function openReferenceOf(model: Model, page: GridProps): boolean {
  const [place, column] = [model.activePlace(), model.activeColumn()]
  if (!('key' in place) || column?.type !== 'reference' || !page.onOpenReference) return false
  if (isBlank(place.base[column.name])) return false
  page.onOpenReference(column, place.base)
  return true
}

function onDoubleClick(event: React.MouseEvent, model: Model, page: GridProps, opened: Opened) {
  const place = model.activePlace()
  const inNumbers = event.target instanceof Element && event.target.closest('.grid-number')
  if (!inNumbers) {
    if (openFiles(model, page) || !model.beginEdit('edit')) return
    if (model.activeColumn()?.type === 'date') opened.open('calendar')
  } else if (place.kind === 'stored') page.onOpenRow?.(place.base)
}
