/** The options under an open editor: a column's own choices searched at once, a source's asked for as one types. */
import { useEffect, useMemo, useState } from 'react'
import type { Editing } from './editing.ts'
import { matchOptions } from './filters.ts'
import type { Model } from './model.ts'
import type { Option } from './types.ts'

const ASK_AFTER = 120
export const MAX_SHOWN = 50
/** What parts the words of a cell with several choices. */
const COMMA = /[、，,;；]\s*/

export type Suggestions = {
  open: boolean
  options: readonly Option[]
  at: number
  /** True once the person has moved through the options, so that Enter takes the marked one. */
  moved: boolean
  pending: boolean
  search: string
  move(step: number): void
  pick(option: Option): void
  /**
   * Commits the editor: with the marked option when that is what the person means, otherwise with the text as typed;
   * `over` writes it to the whole selection.
   */
  commit(over?: boolean): void
  create: { label: string; run(): void } | null
}

export function useSuggestions(model: Model, editing: Editing | null, setText: (text: string) => void): Suggestions {
  const column = editing?.column
  const several = column?.type === 'choices'
  const typed = editing?.dirty ? (editing.text ?? '') : ''
  const search = several ? (typed.split(COMMA).at(-1) ?? '') : typed
  const [asked, setAsked] = useState<{ search: string; options: readonly Option[] } | null>(null)
  const [mark, setMark] = useState({ search: '', at: 0, moved: false })
  const suggest = column?.suggest
  const rowKey = editing?.key ?? null
  const isOpen = editing !== null

  useEffect(() => {
    setAsked(null)
    if (!suggest || !isOpen) return
    let current = true
    const base = rowKey ? (model.rows.bases.get(rowKey) ?? {}) : {}
    const ask = () =>
      suggest(search, rowKey ? model.rows.rowOf(rowKey, base) : base).then(
        (options) => current && setAsked({ search, options }),
        () => current && setAsked({ search, options: [] }),
      )
    const timer = setTimeout(ask, search ? ASK_AFTER : 0)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [suggest, search, isOpen, rowKey, model])

  const own = useMemo(() => (column?.choices ? matchOptions(column.choices, search) : null), [column?.choices, search])
  const options = (own ?? asked?.options ?? []).slice(0, MAX_SHOWN)
  const open =
    isOpen && Boolean(column && (column.choices || suggest)) && (options.length > 0 || Boolean(column?.create))
  const stored = !editing?.dirty ? options.findIndex((option) => option.label === editing?.text) : -1
  const at = mark.search === search && mark.moved ? Math.min(mark.at, options.length - 1) : Math.max(0, stored)

  function pick(option: Option) {
    if (!editing) return
    if (!several) {
      model.setEditText(option.label, option)
      return
    }
    const words = (editing.text ?? '').split(COMMA).map((word) => word.trim())
    const before = (editing.dirty ? words.slice(0, -1) : words).filter(Boolean)
    const has = before.includes(option.label)
    const next = has ? before.filter((word) => word !== option.label) : [...before, option.label]
    setText(next.length ? `${next.join('、')}、` : '')
  }

  function take() {
    const option = options[at]
    if (!editing || !option || editing.option) return
    const exact = options.find(({ label }) => label === search)
    if (several) {
      if (search !== '' && !exact) pick(option)
    } else if (exact) model.setEditText(exact.label, exact)
    else if ((mark.search === search && mark.moved) || (editing.dirty && search !== '')) pick(option)
  }

  return {
    open,
    options,
    at,
    moved: mark.search === search && mark.moved,
    pending: Boolean(suggest) && asked?.search !== search,
    search,
    move(step) {
      if (options.length === 0) return
      setMark({ search, at: (at + step + options.length) % options.length, moved: true })
    },
    pick,
    commit(over) {
      // Typed faster than the answer came: the answer decides when it is here.
      if (editing?.dirty && !editing.option && suggest && search !== '' && asked?.search !== search) {
        model.commitWhen(suggest(search, {}).then((found) => found.find(({ label }) => label === search) ?? found[0]))
        return
      }
      take()
      if (over) model.commitOver()
      else model.commitEdit()
    },
    create: creation(model, editing, search, options),
  }
}

function creation(
  model: Model,
  editing: Editing | null,
  search: string,
  options: readonly Option[],
): Suggestions['create'] {
  const create = editing?.column.create
  const isThere = options.some(({ label }) => label === search.trim())
  if (!create || search.trim() === '' || isThere) return null
  return {
    label: create.label(search.trim()),
    run() {
      const { key, row, column } = editing
      // Making may ask for more in a place of its own: meanwhile the cell is as it was.
      model.cancelEdit()
      void create.make(search.trim()).then((made) => {
        const option = made && !('error' in made) ? made : null
        if (made && 'error' in made) model.say({ kind: 'fault', text: made.error })
        if (key !== null) model.goTo(key, column.name)
        const { active } = model.selection()
        const isThere = key !== null || (active.row === row && model.columns()[active.column]?.name === column.name)
        if (!isThere || !model.beginEdit(option ? 'type' : 'edit')) return
        model.setEditText(option?.label ?? search, option)
        // Not made, what was typed stands in the open cell as before.
        if (option) model.commitEdit()
      })
    },
  }
}
