/**
 * A form as a person's role sees it in SQL, over its table as `t`. Whatever is hidden, masked or unknown is refused by name,
 * in filters, in sorting and in search.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Catalogue, Sight } from '../database/catalogue.ts'
import { badRequest } from '../errors.ts'
import { type Field, type Form, fieldOf, maskedOf, targetOf, types } from '../forms/index.ts'

export type Relation = {
  form: Form
  sight: Sight
  catalogue: Catalogue
  /** The form as a campaign has it, for rows of that campaign. Undefined where it is not in force there. */
  in: (campaign_id: number | null | undefined) => Relation | undefined
}

/** How a field reads in SQL for this role, over the table as `t`. Undefined where the role may not see it. */
export function expressionOf({ form, sight }: Relation, name: string): RawBuilder<unknown> | undefined {
  const seen = sight.seen.get(name)
  if (!seen) return undefined
  if (seen.by === 'function') return sql`${sql.ref(`app.${form.name}_${name}`)}(t.id)`
  return sql.ref(`t.${seen.by === 'mask' ? maskedOf(name) : name}`)
}

/** The field that names the records a reference points to. */
export const namesOfTarget = (form: Form, field: Pick<Field, 'to'>): string => targetOf(form, field)?.names ?? 'id'

/** The printed name of the record a reference points to; `id` where the reference is no column of the table. */
export const labelOfReference = (
  form: Form,
  field: Pick<Field, 'name' | 'to'>,
  id: RawBuilder<unknown> = sql.ref(`t.${field.name}`),
) => sql`(select r.${sql.ref(namesOfTarget(form, field))} from ${sql.table(field.to ?? '')} r where r.id = ${id})`

/** Whose row it is, where that stands in every row. */
export const unitReference = { name: 'unit_id', to: 'units' }

/** A name that may be filtered and sorted by, or a refusal that names it. */
export function usable(relation: Relation, name: string, verb: string): RawBuilder<unknown> {
  const seen = relation.sight.seen.get(name)
  if (!seen) throw badRequest(`“${fieldOf(relation.form, name)?.label ?? name.slice(0, 40)}”不能用来${verb}。`)
  if (seen.by === 'mask')
    throw badRequest(`“${fieldOf(relation.form, name)?.label ?? name.slice(0, 40)}”对您隐去了，不能用来${verb}。`)
  return expressionOf(relation, name) as RawBuilder<unknown>
}

/** The field or the unit of a row, where its value is the id of another record. */
export const referenceOf = (form: Form, name: string): Pick<Field, 'name' | 'to'> | undefined => {
  const field = fieldOf(form, name)
  if (field?.type === 'reference') return field
  return name === 'unit_id' && form.scope === 'unit' ? unitReference : undefined
}

/** The PostgreSQL type of a column, or of what a derived field gives. */
export function typeOf({ form, catalogue }: Relation, name: string): string {
  const column = catalogue.types(form.name).get(name)
  if (column) return column
  const field = fieldOf(form, name)
  return field ? types[field.type].column : 'text'
}

/** The campaign of a row, over the table as `t`. */
export const campaignIn = ({ form }: Relation) => (form.scope === 'global' ? sql`null::integer` : sql`t.campaign_id`)
