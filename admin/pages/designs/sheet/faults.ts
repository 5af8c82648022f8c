/** What the reader of definitions says by path, brought to the cell, rule or word of the sheet it is about. */
import { type Definition, isAdjustment, readDefinition, type Surroundings } from '../../../../server/forms/index.ts'
import type { CellName } from './cells.ts'
import { type DesignHead, type DesignRow, type DesignSheet, definitionOfSheet, inPlace } from './sheet.ts'

export type DesignFaults = {
  cells: ReadonlyMap<number, Readonly<Partial<Record<CellName, string>>>>
  /** By the place of the rule. */
  rules: ReadonlyMap<number, string>
  head: Readonly<Partial<Record<keyof DesignHead | 'keys', string>>>
  /** What is about nothing that the page shows by itself. */
  others: readonly string[]
  count: number
}

/** Options of a column that have no cell of their own stand where what it may hold is said. */
const cellOf = (option: string | undefined): CellName => {
  const own: Partial<Record<string, CellName>> = { unprinted: 'width', name: 'name', label: 'label', type: 'type' }
  for (const cell of ['required', 'private', 'sum', 'group', 'width', 'synonyms', 'note'] as const) own[cell] = cell
  return own[option ?? 'label'] ?? 'detail'
}

type FaultPlace =
  | { row: DesignRow | undefined; cell: CellName }
  | { rule: number }
  | { head: keyof DesignHead | 'keys' }
  | undefined

function placeOf(path: string, definition: Definition, rows: readonly DesignRow[]): FaultPlace {
  const [top = '', second = '', third] = path.split('.')
  const named = (name: string | undefined) => rows.find(({ field }) => field.name === name)
  const at = Number(second)
  switch (top) {
    case 'fields':
      return { row: rows[at], cell: cellOf(third) }
    case 'rules':
      return Number.isInteger(at) ? { rule: at } : undefined
    case 'keys': {
      const key = isAdjustment(definition) ? undefined : definition.keys[at]
      return key ? { row: named(key[0]), cell: 'unique' } : { head: 'keys' }
    }
    case 'name':
    case 'label':
    case 'title':
    case 'annex':
    case 'measure':
    case 'names':
      return { head: top }
  }
  if (!isAdjustment(definition)) return undefined
  switch (top) {
    case 'add':
      return { row: named(definition.add?.[at]?.name), cell: cellOf(third) }
    case 'rename':
      return { row: named(second), cell: 'label' }
    case 'groups':
      return { row: named(second), cell: 'group' }
    case 'choices':
      return { row: named(second), cell: 'detail' }
    case 'hide':
      return { row: named(definition.hide?.[at]), cell: 'hidden' }
    case 'require':
      return { row: named(definition.require?.[at]), cell: 'required' }
  }
  return undefined
}

/** Sentences by path, and what was typed into cells and not understood, where they are to be seen. */
export function faultsOf(sheet: DesignSheet, errors: Readonly<Record<string, string>>): DesignFaults {
  const rows = inPlace(sheet.rows)
  const definition = definitionOfSheet(sheet)
  const cells = new Map<number, Partial<Record<CellName, string>>>()
  const rules = new Map<number, string>()
  const head: Partial<Record<keyof DesignHead | 'keys', string>> = {}
  const others: string[] = []
  const put = (row: DesignRow, cell: CellName, sentence: string) =>
    cells.set(row.id, { [cell]: sentence, ...cells.get(row.id) })
  for (const row of rows) for (const [cell, { error }] of Object.entries(row.unread)) put(row, cell as CellName, error)
  for (const [path, sentence] of Object.entries(errors)) {
    const place = placeOf(path, definition, rows)
    if (!place) others.push(sentence)
    else if ('rule' in place) rules.set(place.rule, rules.get(place.rule) ?? sentence)
    else if ('head' in place) head[place.head] ??= sentence
    else if (place.row) put(place.row, place.cell, sentence)
    else others.push(sentence)
  }
  const counted = [...cells.values()].reduce((sum, each) => sum + Object.keys(each).length, 0)
  return { cells, rules, head, others, count: counted + rules.size + Object.keys(head).length + others.length }
}

/** What a sheet amounts to: its definition as it was read, or as it stands and what is wrong with it. */
export function readSheet(
  sheet: DesignSheet,
  around: Surroundings,
): { definition: Definition; errors: Record<string, string> } {
  const written = definitionOfSheet(sheet)
  const read = readDefinition(JSON.parse(JSON.stringify(written)), around)
  return 'errors' in read ? { definition: written, errors: read.errors } : { definition: read.definition, errors: {} }
}
