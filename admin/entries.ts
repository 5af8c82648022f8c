/** Columns of works that belong to some collections only: which of them a row has, why not, and which a list shows. */
import { belongsTo, collectionField, type Field, type Form, fieldOf, notOf } from '../server/forms/index.ts'
import type { Setting } from './columns.tsx'
import type { StoredRow } from './dataProvider.ts'
import type { Column, FilterEntry, Row } from './grid/index.ts'

/** Why the row has nothing in the column: its collection does not ask for it. Undefined as long as it is not known to. */
export function whyNotOf({ form, brought }: Setting, field: Field, row: Row): string | undefined {
  const by = field.entry && collectionField(form)
  const collection = by && brought[by]?.get(Number(row[by]))
  return field.entry && collection && !belongsTo(field, collection.code)
    ? notOf(field.label, field.entry, collection.title)
    : undefined
}

/** What the entry form of a collection has besides what every work has. */
export const entryFields = (form: Form, collection: StoredRow | undefined): Field[] =>
  form.fields.filter((field) => field.entry && collection && belongsTo(field, collection.code))

/** The collections that a filter picks; undefined where it picks none. */
function pickedBy({ form, brought }: Setting, filter: Readonly<Record<string, FilterEntry>>) {
  const by = collectionField(form) ?? ''
  const entry = filter[by]
  if (!entry || typeof entry === 'string' || entry.not) return undefined
  return entry.values.flatMap((id) => brought[by]?.get(Number(id)) ?? [])
}

/** The one collection that a filter picks. */
export function collectionIn(setting: Setting, filter: Readonly<Record<string, FilterEntry>>): StoredRow | undefined {
  const picked = setting.form.fields.some(({ entry }) => entry) ? pickedBy(setting, filter) : undefined
  return picked?.length === 1 ? picked[0] : undefined
}

/** Where works of several collections stand together. */
const whole = (column: Column, titles: readonly string[]): Column => {
  const named = `${column.label}（${titles.join('、')}）`
  return { ...column, label: named, note: [`${named}。`, column.note ?? ''].join('') }
}

/**
 * The columns of a list: those of other collections than it is narrowed to are left out; where works of several stand
 * together, each column says whose it is.
 */
export function columnsIn(
  setting: Setting,
  columns: readonly Column[],
  filter: Readonly<Record<string, FilterEntry>>,
): Column[] {
  const picked = pickedBy(setting, filter)
  return columns.flatMap((column) => {
    const field = fieldOf(setting.form, column.name)
    if (!field?.entry) return [column]
    if (picked && !picked.some(({ code }) => belongsTo(field, code))) return []
    return picked?.length === 1 ? [column] : [whole(column, field.entry.titles)]
  })
}
