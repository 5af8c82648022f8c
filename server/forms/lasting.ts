/** What of a register outlives its campaign: a person or a union is one next year too, an activity is not. */
import type { Form } from './form.ts'

const OF_ITS_CAMPAIGN = ['date', 'datetime', 'reference']

/** A key that says the same in two campaigns: it names no day and no record of its own campaign. */
export const isLasting = ({ fields }: Form, key: readonly string[]): boolean =>
  !fields.some(({ name, type }) => key.includes(name) && OF_ITS_CAMPAIGN.includes(type))

/** Whether rows can be offered again in a later campaign: known by more than a day, and of their year by a day. */
export const outlivesCampaign = (form: Form): boolean =>
  form.scope === 'unit' && form.fields.some((field) => field.of_year) && form.keys.some((key) => isLasting(form, key))
