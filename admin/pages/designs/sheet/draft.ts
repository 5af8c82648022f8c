/**
 * A draft under one's hands: its sheet, changed by the grid cell by cell and by the page (words, rules, order), and told to
 * whoever shows it. The grid's source is this memory; what is stored on the server is the page's to decide.
 */
import { type FieldDefinition, type Forms, isReservedColumn, proposedName } from '../../../../server/forms/index.ts'
import type { News, Row, RowAnswer, RowTarget, Source, Whole } from '../../../grid/index.ts'
import { type CellName, cellNames, cellsOf, withCell } from './cells.ts'
import { changeOf } from './changes.ts'
import type { ColumnLabels } from './details.ts'
import { type DesignHead, type DesignRow, type DesignRule, type DesignSheet, inPlace } from './sheet.ts'

export type DesignDraft = ReturnType<typeof createDraft>

/** What the draft stands in: the forms in force, and of the register in force its columns, whose names stay. */
type DraftAround = { forms: Forms; published: ReadonlyMap<string, FieldDefinition> }

const blankField: FieldDefinition = { name: '', label: '', type: 'text' }

export function createDraft(first: DesignSheet, around: () => DraftAround) {
  let sheet = first
  let last = Math.max(0, ...first.rows.map(({ id }) => id))
  let hear: ((news: News) => void) | null = null
  const bin = new Map<number, DesignRow>()
  const listeners = new Set<() => void>()
  const labels = (): ColumnLabels => ({
    columns: new Map(sheet.rows.map(({ field }) => [field.name, field.label])),
    forms: around().forms,
  })

  function become(next: DesignSheet) {
    sheet = next
    for (const listener of listeners) listener()
  }

  /** A row as the grid has it. */
  const gridRow = (row: DesignRow): Row => ({
    ...cellsOf(row, labels()),
    id: row.id,
    version: row.version,
    sheet_row: row,
    is_published: around().published.has(row.field.name),
    change: changeOf(row, around().published) || null,
  })
  /** Cells that stand differently because another row was written: a computation names other columns. */
  function tellOthers(before: readonly Row[], written: ReadonlySet<number>) {
    const old = new Map(before.map((row) => [row.id, row.detail]))
    const stale = sheet.rows.filter(
      (row) => !written.has(row.id) && old.has(row.id) && cellsOf(row, labels()).detail !== old.get(row.id),
    )
    if (stale.length === 0) return
    const ids = new Set(stale.map(({ id }) => id))
    const newer = (row: DesignRow) => (ids.has(row.id) ? { ...row, version: row.version + 1 } : row)
    sheet = { ...sheet, rows: sheet.rows.map(newer) }
    const rows = sheet.rows.filter(({ id }) => ids.has(id)).map(gridRow)
    queueMicrotask(() => hear?.({ kind: 'rows', rows, gone: [], moved: false, by: null }))
  }

  const isTaken = (own: DesignRow) => (name: string) =>
    isReservedColumn(name) ||
    around().published.has(name) ||
    sheet.rows.some((row) => row.id !== own.id && row.field.name === name)

  /** A column that has no data name yet, or the one proposed for its label, is given the one for its new label. */
  function named(row: DesignRow, before: DesignRow, values: Row): DesignRow {
    const isFixed = row.builtIn || around().published.has(before.field.name)
    if (isFixed || values.name || !values.label) return row
    const proposed = (of: DesignRow) => proposedName(of.field.label, isTaken(of))
    const isOwn = before.field.name !== '' && before.field.name !== proposed(before)
    return isOwn ? row : { ...row, field: { ...row.field, name: proposed(row) } }
  }

  function written(row: DesignRow, values: Row): DesignRow {
    const cells = cellNames.filter((cell) => cell in values)
    // what a column may hold is read as its type has it
    const order = [...cells.filter((cell) => cell === 'type'), ...cells.filter((cell) => cell !== 'type')]
    const next = order.reduce((all, cell: CellName) => withCell(all, cell, values[cell], labels()), row)
    return { ...named(next, row, values), version: row.version + 1 }
  }

  function create(values: Row): RowAnswer {
    last += 1
    const place = Math.max(0, ...sheet.rows.map((row) => row.place)) + 1
    const row = written({ id: last, version: 0, place, field: blankField, unread: {}, keys: [], hidden: false }, values)
    sheet = { ...sheet, rows: [...sheet.rows, row] }
    return { row: gridRow(row) }
  }

  function update({ id, values }: { id: unknown; values: Row }): RowAnswer {
    const before = sheet.rows.find((row) => row.id === id)
    if (!before) return { gone: '这一栏已经删去了。' }
    const row = written(before, values)
    sheet = renamed({ ...sheet, rows: sheet.rows.map((each) => (each === before ? row : each)) }, before, row)
    return { row: gridRow(row) }
  }

  function remove({ id }: { id: unknown }): RowAnswer {
    const row = sheet.rows.find((each) => each.id === id)
    if (!row) return { gone: '这一栏已经删去了。' }
    if (row.builtIn) return { errors: {}, message: '原有的栏目删不掉；不用的，在“不用”里勾上。' }
    bin.set(row.id, row)
    sheet = { ...sheet, rows: sheet.rows.filter((each) => each !== row) }
    return { row: gridRow(row) }
  }

  const source: Source = {
    async getWindow({ start, end }) {
      return { rows: inPlace(sheet.rows).slice(start, end).map(gridRow), total: sheet.rows.length }
    },
    async save(request) {
      const before = sheet.rows.map(gridRow)
      const answer = {
        create: request.create.map(create),
        update: request.update.map(update),
        remove: request.remove.map(remove),
      }
      tellOthers(before, new Set(request.update.map(({ id }) => Number(id))))
      become(sheet)
      return answer
    },
    async restore(ids) {
      const rows = ids.flatMap((id) => bin.get(Number(id)) ?? [])
      for (const { id } of rows) bin.delete(id)
      become({ ...sheet, rows: [...sheet.rows, ...rows.map((row) => ({ ...row, version: row.version + 1 }))] })
    },
    watch(listener) {
      hear = listener
      return { at: () => {}, stop: () => (hear = null) }
    },
  }

  return {
    source,
    sheet: () => sheet,
    /** The row of this id, as the grid has it. */
    rowOf(id: number): Row | undefined {
      const row = sheet.rows.find((each) => each.id === id)
      return row && gridRow(row)
    },
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setHead: (head: Partial<DesignHead>) => become({ ...sheet, head: { ...sheet.head, ...head } }),
    setRules: (rules: readonly DesignRule[]) => become({ ...sheet, rules }),
    /** Another sheet altogether; the grid is to read its list anew. */
    replace(next: DesignSheet) {
      last = Math.max(last, ...next.rows.map(({ id }) => id))
      become(next)
    },
    /** Rows moved past their neighbour, before another one or to the end (null), as a step of the grid. */
    moving(ids: readonly number[], to: RowTarget): Whole {
      const order = inPlace(sheet.rows).map(({ id }) => id)
      const moved = order.filter((id) => ids.includes(id))
      const rest = order.filter((id) => !ids.includes(id))
      const first = order.indexOf(moved[0] ?? 0)
      const found = 'step' in to ? first + to.step : to.before === null ? rest.length : rest.indexOf(Number(to.before))
      const at = Math.max(0, Math.min(rest.length, found))
      return reordering(order, [...rest.slice(0, at), ...moved, ...rest.slice(at)])
    },
    /** A blank row before another one, as a step of the grid; `made` gets its id. */
    inserting(before: number, made: (id: number) => void): Whole {
      last += 1
      const id = last
      const row: DesignRow = { id, version: 1, place: 0, field: blankField, unread: {}, keys: [], hidden: false }
      const put = () => {
        const rows = inPlace(sheet.rows)
        const at = rows.findIndex((each) => each.id === before)
        become({ ...sheet, rows: numbered([...rows.slice(0, at), bin.get(id) ?? row, ...rows.slice(at)]) })
        made(id)
      }
      const take = () => {
        const there = sheet.rows.find((each) => each.id === id)
        if (there) bin.set(id, there)
        become({ ...sheet, rows: sheet.rows.filter((each) => each.id !== id) })
      }
      return step(put, take)
    },
  }

  function reordering(before: readonly number[], after: readonly number[]): Whole {
    const placed = (order: readonly number[]) => () => {
      const places = new Map(order.map((id, at) => [id, at + 1]))
      const rows = sheet.rows.map((row) => ({
        ...row,
        place: places.get(row.id) ?? row.place,
        version: row.version + 1,
      }))
      become({ ...sheet, rows })
    }
    return step(placed(after), placed(before))
  }
}

const numbered = (rows: readonly DesignRow[]) => rows.map((row, at) => ({ ...row, place: at + 1 }))

/** Something done at once that can be taken back. */
function step(go: () => void, back: () => void): Whole {
  go()
  return {
    finished: Promise.resolve({ changed: 1, words: '' }),
    watch: () => {},
    cancel: () => {},
    undo: async () => step(back, go),
    redo: async () => step(go, back),
  }
}

/** What names a column by its data name follows it to a new one. */
function renamed(
  sheet: DesignSheet,
  { field: { name: old } }: DesignRow,
  { field: { name: now } }: DesignRow,
): DesignSheet {
  if (old === now || old === '') return sheet
  const named = (name: string) => (name === old ? now : name)
  const rule = (each: DesignRule): DesignRule => {
    if (each.kind === 'built_in') return each
    const {
      field,
      than,
      fields,
      if: condition,
      ...rest
    } = each as Exclude<DesignRule, { kind: 'built_in' }> & {
      field: string
      than?: string
      fields?: readonly string[]
      if?: { field: string }
    }
    return {
      ...rest,
      field: named(field),
      ...(than !== undefined && { than: named(than) }),
      ...(fields && { fields: fields.map(named) }),
      ...(condition && { if: { ...condition, field: named(condition.field) } }),
    } as DesignRule
  }
  const operands = (computed: FieldDefinition['computed']) =>
    computed &&
    (Object.fromEntries(
      Object.entries(computed).map(([operation, of]) => [operation, Array.isArray(of) ? of.map(named) : of]),
    ) as FieldDefinition['computed'])
  return {
    ...sheet,
    head: { ...sheet.head, names: named(sheet.head.names) },
    rules: sheet.rules.map(rule),
    rows: sheet.rows.map((row) =>
      row.field.computed ? { ...row, field: { ...row.field, computed: operands(row.field.computed) } } : row,
    ),
  }
}
