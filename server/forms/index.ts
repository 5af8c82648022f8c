/** All forms, in the order of their annexes. This list is what REST, grid, workbooks, dictionary and tests loop over. */
import { attendance } from './attendance.ts'
import { awards } from './awards.ts'
import { campaigns, nationalActivities, participations, reopenings, stages, units } from './campaign.ts'
import { collections } from './collections.ts'
import { events } from './events.ts'
import type { Field, Form } from './form.ts'
import { organizations } from './organizations.ts'
import { propagandists } from './propagandists.ts'
import { quotas } from './quotas.ts'
import { reach } from './reach.ts'
import { submissions } from './submissions.ts'

export { prizes } from './awards.ts'
export * from './form.ts'
export { blanked, identityIn, withoutIdentity } from './identity.ts'
export { isDitto, isPicture, isPrintedNothing, notValue } from './signs.ts'
export { stateWords } from './states.ts'
export { sameText } from './text.ts'
export { trailKinds } from './trail.ts'
export { type Attachment, type Parsed, timeAlone, types, type Value } from './types.ts'
export { publicityDays, publicUntil, workingDays } from './working_days.ts'

export const forms: Readonly<Record<string, Form>> = {
  quotas,
  collections,
  organizations,
  propagandists,
  events,
  attendance,
  reach,
  submissions,
  awards,
  stages,
  reopenings,
  national_activities: nationalActivities,
  participations,
  units,
  campaigns,
}

/** The forms that units fill and the province reviews: annexes 3 to 9. */
export const registers = Object.values(forms).filter((form) => form.scope === 'unit')

export const fieldOf = (form: Form, name: string): Field | undefined => form.fields.find((field) => field.name === name)

/** Whether rows go to a collection, so that its host reads those of all units: 作品, and what is put forward of them. */
export const isHosted = (form: Form) => form.scope === 'unit' && form.fields.some((field) => field.to === 'collections')

/** The name a reference's printed text goes by in a row: organization_id → organization_id_label. */
export const labelOf = (name: string) => `${name}_label`
