/** The menu of a column, and the panel of its filter. Loaded when one of them is first opened. */
import { useLayoutEffect, useRef, useState } from 'react'
import { frozenTo, inOrder, isLastFrozen, mayHide, moved, sorted } from '../model/arrangement.ts'
import { isBlankEntry } from '../model/filters.ts'
import type { Model } from '../model/model.ts'
import { SUMMARY_WORDS } from '../model/sums.ts'
import type { Column, FilterEntry, GroupStep, SummaryKind, View } from '../types.ts'
import { fittingWidth } from '../view/fitting.ts'
import type { GridLooks } from '../view/useLooks.ts'
import { FilterPanel } from './FilterPanel.tsx'
import { type MenuItem, MenuItems, useOutsideClose } from './Menu.tsx'

export type MenuPart = 'menu' | 'filter'
export type ColumnMenuProps = {
  model: Model
  looks: GridLooks
  columns: readonly Column[]
  column: Column
  part: MenuPart
  today: string
  /** A row in view, around which widths are measured. */
  around: number
  onPart(part: MenuPart): void
  onClose(): void
}

export function ColumnMenu(props: ColumnMenuProps) {
  const { looks, column, part, onPart, onClose, today } = props
  const place = usePlace(column.name, part)
  useOutsideClose(place.ref, onClose)
  function setEntry(entry: FilterEntry | null) {
    const { [column.name]: _, ...others } = looks.view.filter
    const isNone = entry === null || isBlankEntry(entry)
    looks.setView({ ...looks.view, filter: isNone ? others : { ...others, [column.name]: entry } })
    onClose()
  }
  return (
    <div ref={place.ref} className="grid-menu" style={place.style}>
      {part === 'filter' ? (
        <FilterPanel
          column={column}
          entry={looks.view.filter[column.name]}
          today={today}
          onApply={setEntry}
          onClose={onClose}
        />
      ) : (
        <Items {...props} onFilter={() => onPart('filter')} onUnfilter={() => setEntry(null)} />
      )}
    </div>
  )
}

/** Below its head, within the grid. */
function usePlace(name: string, part: MenuPart) {
  const ref = useRef<HTMLDivElement>(null)
  const [style, setStyle] = useState<{ left: number; top: number; maxHeight: number; opacity?: 0 }>({
    left: 0,
    top: 0,
    maxHeight: 400,
    // Invisible until it is placed, but there: what is hidden takes no focus.
    opacity: 0,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another part has another size
  useLayoutEffect(() => {
    const root = ref.current?.closest('.grid')?.getBoundingClientRect()
    const own = ref.current?.getBoundingClientRect()
    if (!root || !own) return
    const head = ref.current
      ?.closest('.grid')
      ?.querySelector(`[data-head="${CSS.escape(name)}"]`)
      ?.getBoundingClientRect()
    const top = (head?.bottom ?? root.top) - root.top
    const left = (head?.left ?? root.left) - root.left
    setStyle({
      left: Math.max(4, Math.min(left, root.width - own.width - 8)),
      top,
      maxHeight: Math.max(160, root.height - top - 8),
    })
  }, [name, part])
  return { ref, style }
}

const STEP_WORDS: Readonly<Record<GroupStep, string>> = {
  group: '按这一栏分组',
  day: '按日分组',
  month: '按月分组',
  year: '按年分组',
}

function Items(props: ItemsProps) {
  const items = [
    ...sortItems(props),
    ...filterItems(props),
    ...groupItems(props),
    ...summaryItems(props),
    ...placeItems(props),
  ].filter((item, at, all) => item !== '-' || (at > 0 && all[at - 1] !== '-'))
  return <MenuItems label={props.column.label} items={items} onClose={props.onClose} />
}

type ItemsProps = ColumnMenuProps & { onFilter(): void; onUnfilter(): void }

/** Takes over a view and closes. */
const taking =
  ({ looks, onClose }: ColumnMenuProps) =>
  (view: Partial<View>) =>
  () => {
    looks.setView({ ...looks.view, ...view })
    onClose()
  }

function sortItems(props: ItemsProps): MenuItem[] {
  const { column, looks } = props
  if (column.sortable === false) return []
  const { sort } = looks.view
  const own = sort.find((each) => each.column === column.name)
  const take = taking(props)
  const by = (order: 'ASC' | 'DESC', add: boolean) => take({ sort: sorted(sort, column.name, order, add) })
  const isAlone = own && sort.length === 1
  return [
    { words: '升序排列', on: isAlone && own.order === 'ASC', run: by('ASC', false) },
    { words: '降序排列', on: isAlone && own.order === 'DESC', run: by('DESC', false) },
    ...(sort.length > (own ? 1 : 0)
      ? [
          { words: '再按这一栏升序', on: !isAlone && own?.order === 'ASC', run: by('ASC', true) },
          { words: '再按这一栏降序', on: !isAlone && own?.order === 'DESC', run: by('DESC', true) },
        ]
      : []),
    ...(own ? [{ words: '不按这一栏排', run: take({ sort: sorted(sort, column.name, null, true) }) }] : []),
    '-',
  ]
}

function filterItems({ column, looks, onFilter, onUnfilter }: ItemsProps): MenuItem[] {
  if (!column.filterable) return []
  const entry = looks.view.filter[column.name]
  return [
    { words: '筛选', run: onFilter },
    ...(isBlankEntry(entry) ? [] : [{ words: '清除这一栏的筛选', run: onUnfilter }]),
    '-',
  ]
}

function groupItems(props: ItemsProps): MenuItem[] {
  const { column, looks, model, onClose } = props
  const { group } = looks.view
  if (!column.groups?.length || !model.source.getGroups) return []
  const take = taking(props)
  const steps = column.groups.map((step): MenuItem => {
    const isOn = group?.column === column.name && group.step === step
    return {
      words: STEP_WORDS[step],
      on: isOn,
      radio: true,
      run: take({ group: isOn ? null : { column: column.name, step } }),
    }
  })
  const fold = (open: boolean) => () => {
    model.toggleGroup(open)
    onClose()
  }
  return [
    ...steps,
    ...(group
      ? [
          { words: '取消分组', run: take({ group: null }) },
          { words: '收起全部组', run: fold(false) },
          { words: '展开全部组', run: fold(true) },
        ]
      : []),
    '-',
  ]
}

function summaryItems(props: ItemsProps): MenuItem[] {
  const { column, looks, model } = props
  if (!column.summaries?.length || !model.source.getSummary) return []
  const { [column.name]: own, ...others } = looks.view.summary ?? {}
  const item = (words: string, kind: SummaryKind | null): MenuItem => ({
    words,
    on: (own ?? null) === kind,
    radio: true,
    run: taking(props)({ summary: kind ? { ...others, [column.name]: kind } : others }),
  })
  return [item('表尾不汇总', null), ...column.summaries.map((kind) => item(`表尾${SUMMARY_WORDS[kind]}`, kind)), '-']
}

function placeItems(props: ItemsProps): MenuItem[] {
  const { column, columns, looks, model, around } = props
  const { view } = looks
  const take = taking(props)
  const shown = looks.layout.columns
  const at = shown.findIndex(({ name }) => name === column.name)
  const isFrozen = isLastFrozen(columns, view, column.name)
  const left = shown[at - 1]?.name
  const right = shown[at + 2]?.name ?? null
  const widths = { ...view.widths }
  delete widths[column.name]
  const hide = () => {
    const order = inOrder(columns, view).map(({ name }) => name)
    take({ order, hidden: [...(view.hidden ?? []), column.name] })()
  }
  return [
    { words: '冻结到这一栏', on: isFrozen, run: take(frozenTo(columns, view, isFrozen ? null : column.name)) },
    ...(looks.layout.frozen > 0 && !isFrozen ? [{ words: '取消冻结', run: take(frozenTo(columns, view, null)) }] : []),
    {
      words: '列宽按内容',
      run() {
        const font = getComputedStyle(document.querySelector('.grid') ?? document.body)
        const width = fittingWidth(model, column, around, `13px ${font.fontFamily}`)
        take({ widths: { ...view.widths, [column.name]: width } })()
      },
    },
    ...(view.widths?.[column.name] ? [{ words: '恢复列宽', run: take({ widths }) }] : []),
    ...(left ? [{ words: '左移一栏', hint: 'Alt ⇧ ←', run: take(moved(columns, view, column.name, left)) }] : []),
    ...(at < shown.length - 1
      ? [{ words: '右移一栏', hint: 'Alt ⇧ →', run: take(moved(columns, view, column.name, right)) }]
      : []),
    {
      words: '隐藏这一栏',
      ...(mayHide(column, looks.makesRows) && shown.length > 1 ? {} : { off: '必填的栏目，录入时要用，不能隐藏。' }),
      run: hide,
    },
  ]
}
