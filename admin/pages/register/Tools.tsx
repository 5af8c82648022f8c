/** The line above the heads: views, search, what narrows the list, sort, groups, columns, density, what could not be saved. */
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import type { Column, GridHandle, Status } from '../../grid/index.ts'
import { type Density, useDensity } from '../../layout/looks.ts'
import type { Me } from '../../me.ts'
import { classes } from '../../parts/classes.ts'
import { Button, KeptInput } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { FilterButton, GroupButton, SortButton } from './Arrange.tsx'
import type { FilterEntries } from './address.ts'
import { Columns } from './Columns.tsx'
import type { ShownView } from './saved.ts'
import css from './Tools.module.css'
import { Views } from './Views.tsx'
import { chipsOf, type Viewing } from './view.ts'

const densities: readonly (readonly [Density, string])[] = [
  ['compact', '紧凑'],
  ['standard', '标准'],
  ['wide', '宽松'],
]

type ToolsProps = {
  form: string
  me: Me
  columns: readonly Column[]
  viewing: Viewing
  saved: readonly ShownView[]
  /** Conditions that tabs or cities already show. */
  silent: readonly string[]
  status: Status | null
  grid: RefObject<GridHandle | null>
  mayAdd: boolean
  children?: ReactNode
}

export function Tools({ form, me, columns, viewing, saved, silent, status, grid, mayAdd, children }: ToolsProps) {
  const { view, filter, setFilter, onViewChange } = viewing
  const arrange = { columns, view, onViewChange }
  const problems = (status?.faulty ?? 0) + (status?.conflicts ?? 0)
  return (
    <div className={css.tools}>
      {children}
      <Views form={form} me={me} saved={saved} viewing={viewing} />
      <Search filter={filter} setFilter={setFilter} />
      <Chips columns={columns} filter={filter} setFilter={setFilter} silent={silent} grid={grid} />
      <FilterButton columns={columns} onPick={(name) => grid.current?.openFilter(name)} />
      {mayAdd && (
        <Button kind="quiet" icon="plus" title="到最后的空行" onClick={() => grid.current?.newRow()}>
          新增一行
        </Button>
      )}
      <span className={css.gap} />
      {problems > 0 && (
        <span className={classes(css.chip, css.faultChip)} role="status">
          <Icon name="warning" small />
          待修正 {problems}
          <button type="button" aria-label="上一处" onClick={() => grid.current?.nextProblem(-1)}>
            <Icon name="up" small />
          </button>
          <button type="button" aria-label="下一处" onClick={() => grid.current?.nextProblem(1)}>
            <Icon name="down" small />
          </button>
        </span>
      )}
      {(!children || view.sort.length > 0) && <SortButton {...arrange} />}
      {(!children || view.group) && <GroupButton {...arrange} onFold={(open) => grid.current?.foldGroups(open)} />}
      <Columns {...arrange} makesRows={mayAdd} />
      <DensityButton />
    </div>
  )
}

/** Every condition beside the search, to be changed or taken away. */
function Chips({
  columns,
  filter,
  setFilter,
  silent,
  grid,
}: Pick<ToolsProps, 'columns' | 'silent' | 'grid'> & {
  filter: FilterEntries
  setFilter: (filter: FilterEntries) => void
}) {
  const chips = chipsOf(columns, filter, silent)
  const without = (name: string) => Object.fromEntries(Object.entries(filter).filter(([key]) => key !== name))
  return (
    <span className={css.chips}>
      {chips.map((chip) => (
        <span key={chip.name} className={css.chip}>
          <button type="button" title="改这个条件" onClick={() => grid.current?.openFilter(chip.name)}>
            <Icon name="filter" small />
            <span className="cut">{chip.words}</span>
          </button>
          <button type="button" aria-label={`去掉条件：${chip.words}`} onClick={() => setFilter(without(chip.name))}>
            <Icon name="cross" small />
          </button>
        </span>
      ))}
      {chips.length > 1 && (
        <Button kind="quiet" onClick={() => setFilter({})}>
          清除筛选
        </Button>
      )}
    </span>
  )
}

/** Typed text narrows once nobody has typed for a moment. */
function Search({ filter, setFilter }: { filter: FilterEntries; setFilter: (filter: FilterEntries) => void }) {
  const asked = typeof filter.q === 'string' ? filter.q : ''
  const field = useRef<HTMLInputElement>(null)
  const latest = useRef({ filter, setFilter })
  latest.current = { filter, setFilter }
  function look(q: string) {
    const { q: _, ...rest } = latest.current.filter
    latest.current.setFilter(q ? { ...rest, q } : rest)
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return
      event.preventDefault()
      field.current?.select()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className={css.search}>
      <Icon name="search" small />
      <KeptInput ref={field} type="search" kept={asked} tell={look} placeholder="全文搜索" aria-label="全文搜索" />
      <kbd>Ctrl F</kbd>
    </label>
  )
}

function DensityButton() {
  const { density, setDensity } = useDensity()
  const at = densities.findIndex(([name]) => name === density)
  const [next] = densities[(at + 1) % densities.length] ?? ['standard']
  return (
    <Button kind="quiet" title="行高：紧凑、标准、宽松" onClick={() => setDensity(next)}>
      <Icon name="rows" />
      {densities[at]?.[1] ?? '标准'}
    </Button>
  )
}
