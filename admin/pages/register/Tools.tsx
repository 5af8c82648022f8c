/** The line above the heads: search, what narrows the list, columns, density, the way to what could not be saved. */
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import type { Column, FilterEntry, GridHandle, Status } from '../../grid/index.ts'
import { type Density, useDensity } from '../../layout/Layout.tsx'
import { Button } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { chipsOf } from './view.ts'

type Entries = Record<string, FilterEntry>
const wait_ms = 250
const densities: readonly (readonly [Density, string])[] = [
  ['compact', '紧凑'],
  ['standard', '标准'],
  ['wide', '宽松'],
]

export function Tools({
  columns,
  filter,
  setFilter,
  silent,
  status,
  hidden,
  setHidden,
  grid,
  mayAdd,
  children,
}: {
  columns: readonly Column[]
  filter: Entries
  setFilter: (filter: Entries) => void
  silent: readonly string[]
  status: Status | null
  hidden: string[]
  setHidden: (names: string[]) => void
  grid: RefObject<GridHandle | null>
  mayAdd: boolean
  children?: ReactNode
}) {
  const chips = chipsOf(columns, filter, silent)
  const without = (name: string) => Object.fromEntries(Object.entries(filter).filter(([key]) => key !== name))
  const problems = (status?.faulty ?? 0) + (status?.conflicts ?? 0)
  return (
    <div className="tools">
      {children}
      <Search filter={filter} setFilter={setFilter} />
      {chips.map((chip) => (
        <button key={chip.name} type="button" className="chip" onClick={() => setFilter(without(chip.name))}>
          {chip.words}
          <Icon name="cross" small />
          <span className="unseen">去掉这个条件</span>
        </button>
      ))}
      {chips.length > 1 && (
        <Button kind="quiet" onClick={() => setFilter({})}>
          清除筛选
        </Button>
      )}
      {mayAdd && (
        <Button kind="quiet" icon="plus" title="到最后的空行" onClick={() => grid.current?.newRow()}>
          新增一行
        </Button>
      )}
      <span className="fill" />
      {problems > 0 && (
        <span className="chip fault-chip" role="status">
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
      <Columns columns={columns} hidden={hidden} setHidden={setHidden} />
      <DensityButton />
    </div>
  )
}

/** Typed text narrows once nobody has typed for a moment. Ctrl F comes here. */
function Search({ filter, setFilter }: { filter: Entries; setFilter: (filter: Entries) => void }) {
  const asked = typeof filter.q === 'string' ? filter.q : ''
  const [text, setText] = useState(asked)
  const field = useRef<HTMLInputElement>(null)
  const latest = useRef({ filter, setFilter })
  latest.current = { filter, setFilter }
  useEffect(() => setText(asked), [asked])
  useEffect(() => {
    if (text === asked) return
    const timer = setTimeout(() => {
      const { q: _, ...rest } = latest.current.filter
      latest.current.setFilter(text.trim() ? { ...rest, q: text.trim() } : rest)
    }, wait_ms)
    return () => clearTimeout(timer)
  }, [text, asked])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return
      event.preventDefault()
      field.current?.select()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <label className="sheet-search">
      <Icon name="search" small />
      <input
        ref={field}
        type="search"
        value={text}
        placeholder="全文搜索"
        aria-label="全文搜索"
        onChange={(event) => setText(event.target.value)}
      />
      <kbd>Ctrl F</kbd>
    </label>
  )
}

function Columns({
  columns,
  hidden,
  setHidden,
}: {
  columns: readonly Column[]
  hidden: string[]
  setHidden: (names: string[]) => void
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const free = columns.filter((column) => !column.required && !column.frozen)
  const shown = columns.length - free.filter((column) => hidden.includes(column.name)).length
  return (
    <>
      <Button kind="quiet" aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        <Icon name="progress" />
        栏目 {shown}
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {free.map((column) => {
          const isHidden = hidden.includes(column.name)
          return (
            <MenuItem
              key={column.name}
              role="menuitemcheckbox"
              aria-checked={!isHidden}
              onClick={() =>
                setHidden(isHidden ? hidden.filter((name) => name !== column.name) : [...hidden, column.name])
              }
            >
              <input type="checkbox" className="box" checked={!isHidden} readOnly tabIndex={-1} />
              {column.label}
            </MenuItem>
          )
        })}
      </Menu>
    </>
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
