/** The options under an open editor: a column's own choices searched at once, a source's asked for as one types. */
import { useEffect, useMemo, useState } from 'react'
import { completed, meant, meantIn, searchOf, waitsFor, withWord } from '../model/choosing.ts'
import type { Editing } from '../model/editing.ts'
import { matchOptions } from '../model/filters.ts'
import type { Model } from '../model/model.ts'
import type { Column, Option, Row } from '../types.ts'

const ASK_AFTER_MS = 120
const MAX_SHOWN = 50

export type Suggestions = {
  open: boolean
  options: readonly Option[]
  /** The option that Enter takes, or -1 where it takes the text as it is typed. */
  at: number
  pending: boolean
  search: string
  move(step: number): void
  pick(option: Option): void
  /** Commits the editor with what is meant (choosing.ts); `over` writes it to the whole selection. */
  commit(over?: boolean): void
  create: { label: string; run(): void } | null
}

/** A list, and the cell and text it was asked for. */
type Suggested = { column: Column; row: Editing['key']; search: string; options: readonly Option[] }

const rowOf = (model: Model, key: Editing['key']): Row =>
  key === null ? (model.rows.rules().blankRow?.() ?? {}) : model.rows.rowOf(key, model.rows.baseOf(key) ?? {})

export function useSuggestions(model: Model, editing: Editing | null, setText: (text: string) => void): Suggestions {
  const column = editing?.column
  const search = searchOf(editing)
  const [asked, setAsked] = useState<Suggested | null>(null)
  const row = editing?.key ?? null
  const isOpen = editing !== null

  useEffect(() => {
    setAsked(null)
    if (!column?.suggest || !isOpen) return
    let current = true
    const show = (options: readonly Option[]) => current && setAsked({ column, row, search, options })
    const ask = () =>
      column.suggest?.(search, rowOf(model, row)).then(show, () => {
        show([])
      })
    const timer = setTimeout(ask, search ? ASK_AFTER_MS : 0)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [column, search, isOpen, row, model])

  /** The list that belongs to the editor as it is at this moment, or null while it is not here. */
  function listOf(now: Editing): readonly Option[] | null {
    const isThis = asked?.column === now.column && asked.row === now.key && asked.search === searchOf(now)
    return isThis ? asked.options : null
  }

  const own = useMemo(() => (column?.choices ? matchOptions(column.choices, search) : null), [column?.choices, search])
  const theirs = asked?.column === column && asked?.row === row ? asked?.options : undefined
  const options = (own ?? theirs ?? []).slice(0, MAX_SHOWN)
  const open =
    isOpen && Boolean(column && (column.choices || column.suggest)) && (options.length > 0 || Boolean(column?.create))

  /** Where in the list stands what Enter would take. */
  function place(): number {
    if (!editing) return -1
    const { marked, dirty, text } = editing
    const wanted =
      marked ??
      (column?.type === 'choices'
        ? dirty && meant(column.choices ?? [], search, true)
        : dirty
          ? meantIn(editing, rowOf(model, editing.key), listOf(editing))
          : options.find(({ label }) => label === text))
    return wanted ? options.findIndex(({ value, label }) => value === wanted.value && label === wanted.label) : -1
  }
  const at = open ? place() : -1

  function pick(option: Option) {
    const now = model.editing()
    if (!now) return
    if (now.column.type === 'choices') setText(withWord(now, option.label, true))
    else model.setEditText(option.label, option)
  }

  function commit(over = false) {
    const now = model.editing()
    if (!now) return
    const end = over ? model.commitOver : model.commitEdit
    if (now.column.type === 'choices') {
      const text = completed(now)
      if (text !== null) setText(text)
      return end()
    }
    const known = listOf(now)
    const at = rowOf(model, now.key)
    if (known || !waitsFor(now)) {
      const option = meantIn(now, at, known)
      if (option) model.setEditText(option.label, option)
      return end()
    }
    const answer = now.column.suggest?.(now.text, at).then((found) => meant(found, now.text, false))
    if (!answer) return end()
    if (!over) return model.commitWhen(answer)
    // Over many cells it is written when it is known, unless one has gone on meanwhile.
    void answer
      .catch(() => undefined)
      .then((option) => {
        if (model.editing() !== now) return
        if (option) model.setEditText(option.label, option)
        model.commitOver()
      })
  }

  return {
    open,
    options,
    at,
    pending: Boolean(column?.suggest) && editing !== null && listOf(editing) === null,
    search,
    move(step) {
      const next = at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length
      const option = options[next]
      if (option) model.markOption(option)
    },
    pick,
    commit,
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
      const { row, column } = editing
      const { active } = model.selection()
      const wanted = search.trim()
      const making = create.make(wanted).then((made) => {
        if (!made || !('error' in made)) return made
        model.say({ kind: 'fault', text: made.error })
        return null
      })
      // Making may ask for more in a place of its own: meanwhile the cell holds what was typed.
      model.commitWhen(making)
      void making.then(async (made) => {
        await Promise.all(model.late())
        // Not made, it stands in the open cell as before, where nobody has gone on meanwhile.
        const isHere = active === model.selection().active && active.row === row && !model.editing()
        if (made || !isHere || model.activeColumn()?.name !== column.name || !model.beginEdit('edit')) return
        model.setEditText(wanted)
      })
    },
  }
}
