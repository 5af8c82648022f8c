/**
 * An entry form of a collection's own: columns of works that belong to some collections only. A work of one of them has
 * them, and must where they are required; in a work of another collection nothing stands in them.
 */
import type { FieldDefinition, FormDefinition } from './definition.ts'
import type { Field, Form } from './form.ts'
import { besideLike } from './in_force.ts'
import type { Rule } from './rules.ts'
import { isBlank } from './value.ts'

/** Collections by their codes, as they are called. */
export type CollectionTitles = ReadonlyMap<string, string>

/** Whose works a column belongs to: collections by code, and how they are called. */
export type Entry = { codes: readonly string[]; titles: readonly string[]; required: boolean }

/** The field that says which collection a row goes to. */
export const collectionField = ({ fields }: { fields: readonly Pick<Field, 'name' | 'to' | 'derived'>[] }) =>
  fields.find(({ to, derived }) => to === 'collections' && !derived)?.name

/** A definition that calls the collections of its columns by their names; they stand below that name where nothing else is said. */
export const titled = (definition: FormDefinition, titles: CollectionTitles): FormDefinition => ({
  ...definition,
  fields: definition.fields.map((field) => {
    if (!field.of) return field
    const named = field.of.map((code) => titles.get(code) ?? code)
    return { ...field, of_titles: named, group: field.group ?? named.join('、') }
  }),
})

/** What a definition says of whose works a column belongs to, as a form has it: mandatory is such a column nowhere else. */
export function entryOf(field: FieldDefinition): Omit<Field, 'width'> & { width?: number } {
  const { of: codes, of_titles: titles, ...rest } = field
  if (!codes) return rest
  const { required = false, ...free } = rest
  return { ...free, entry: { codes, titles: titles ?? codes, required } }
}

/** And back. */
export const withoutEntry = <T extends { entry?: Entry }>({ entry, ...field }: T) =>
  entry
    ? { ...field, of: entry.codes, of_titles: entry.titles, ...(entry.required && { required: true }) }
    : { ...field }

/** Whether a work of the collection of this code has the column. */
export const belongsTo = ({ entry }: Pick<Field, 'entry'>, code: unknown): boolean =>
  entry === undefined || entry.codes.includes(String(code))

/** A title that quotes already is not quoted once more. */
const inQuotes = (title: string) => (title.includes('“') ? title : `“${title}”`)
const quoted = (titles: readonly string[]) => titles.map(inQuotes).join('、')

/** Why nothing may stand in the column in works of the collection that is called so. */
export const notOf = (label: string, { titles }: Entry, title: unknown): string =>
  `“${label}”只有${quoted(titles)}的作品填，这件报的是${inQuotes(String(title))}。`

/** What a column of some collections asks of a row; `by` is the field that says which one it goes to. */
export function entryRule({ name, label }: Field, entry: Entry, by: string): Rule {
  return {
    name: `${name}_of`,
    says: `${label}只有${quoted(entry.titles)}的作品填${entry.required ? '，必填' : ''}。`,
    looksAt: [name, `${by}.code`, `${by}.title`],
    when: 'storing',
    severity: 'must',
    check(row, { [by]: collection }) {
      if (!collection) return undefined
      const { code, title } = collection
      const blank = isBlank(row[name])
      if (entry.codes.includes(String(code)))
        return entry.required && blank ? { [name]: `必填：${label}。` } : undefined
      return blank ? undefined : { [name]: `${notOf(label, entry, title)}请清空这一格。` }
    },
    example: { row: { [name]: '有' }, related: { [by]: { code: '', title: '另一个项目' } } },
  }
}

/** A form as works of one collection have it: without the columns of others, and its own like any. */
export function entryForm(form: Form, code: string, title: string): Form {
  const fields = form.fields
    .filter((field) => belongsTo(field, code))
    .map((field): Field => {
      const { entry, group, ...rest } = field
      if (!entry) return field
      const own = group === entry.titles.join('、') ? undefined : group
      return { ...rest, ...(own && { group: own }), ...(entry.required && { required: true }) }
    })
  return besideLike(form, { ...form, fields, title: `${form.title}（${title}）` })
}
