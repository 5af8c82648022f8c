/**
 * The built-in forms, in the order of their annexes: the vocabulary from which campaigns choose. What is in force in a
 * campaign is asked of `database.definitions` in the server and of admin/forms.ts in the admin, nowhere else.
 */
import { attendance } from './attendance.ts'
import { awards } from './awards.ts'
import {
  campaigns,
  nationalActivities,
  participations,
  reopeningsOf,
  stagesOf,
  unitKinds,
  unitsOf,
} from './campaign.ts'
import { collectionsOf } from './collections.ts'
import { compileForms, type FormDefinition } from './definition.ts'
import { events } from './events.ts'
import type { Field, Form } from './form.ts'
import { type Forms, registersOf, together } from './in_force.ts'
import { metricsOf } from './metrics.ts'
import { organizations } from './organizations.ts'
import { propagandists } from './propagandists.ts'
import { firstQuotas, quotasOf } from './quotas.ts'
import { reach } from './reach.ts'
import { submissions } from './submissions.ts'

export { reopeningsOf, stagesOf, unitsOf } from './campaign.ts'
export { collectionsOf } from './collections.ts'
export { timeAlone } from './dates.ts'
export {
  type Adjustment,
  adjusted,
  compileDefinition,
  compileForms,
  type Definition,
  definitionOf,
  type FieldDefinition,
  type FormDefinition,
  inOrder,
  isAdjustment,
  nameOfDefinition,
} from './definition.ts'
export { type InstalledColumn, isReservedColumn, type Surroundings } from './definition_fields.ts'
export { isFreeRegister, MAX_REGISTERS, readDefinition } from './definition_reader.ts'
export { demandsOf, keyWords, requiredAtSubmission } from './demands.ts'
export {
  belongsTo,
  type CollectionTitles,
  collectionField,
  entryForm,
  notOf,
  titled,
} from './entries.ts'
export { BYTES_A_MB, type FileLimits, fileFault, kindsOfFile } from './files.ts'
export * from './form.ts'
export { blanked, identityIn, withoutIdentity } from './identity.ts'
export { type Forms, formOf, formsBeside, registersOf, targetOf, together } from './in_force.ts'
export { isLasting, outlivesCampaign } from './lasting.ts'
export {
  type Amount,
  type Count,
  countOf,
  dayOf,
  inMeasure,
  inTenThousands,
  isShared,
  type Metric,
  metricsOf,
  noCount,
} from './metrics.ts'
export type { Paper, PrintedColumn, PrintedLine } from './paper/paper.ts'
export { proposedName } from './pinyin.ts'
export {
  fitsBlank,
  MAX_BLANKS,
  type PrintBlank,
  type PrintColumn,
  printColumns,
  readBlanks,
  sourceOfBlank,
} from './print_blanks.ts'
export { NATIONAL } from './prizes.ts'
export { quotasOf } from './quotas.ts'
export {
  type Marks,
  markFault,
  marksFaults,
  scoringItemsOf,
  standardItems,
  weightedTotal,
} from './scoring.ts'
export { isDitto, isPicture, isPrintedNothing, notValue } from './signs.ts'
export { countedStates, stateWords } from './states.ts'
export { sameText } from './text.ts'
export { trailKinds } from './trail.ts'
export { isMany, types, wordsOf } from './types.ts'
export type { Attachment, Parsed, ScoringItem, Value } from './value.ts'
export { PUBLICITY_DAYS, publicUntil, workingDays } from './working_days.ts'

const annexes: readonly Form[] = [organizations, propagandists, events, attendance, reach, submissions, awards]

export const forms: Forms = together([
  quotasOf(firstQuotas, annexes),
  collectionsOf(annexes),
  ...annexes,
  metricsOf(annexes),
  stagesOf(annexes),
  reopeningsOf(annexes),
  nationalActivities,
  participations,
  unitsOf(),
  unitKinds,
  campaigns,
])

/** A set of forms from its definitions, as they travel: to the admin, to the reading thread. */
export const formsFrom = (definitions: readonly FormDefinition[]): Forms => compileForms(definitions, forms)

/** The built-in forms that units fill and the province reviews: annexes 3 to 9. */
export const registers: readonly Form[] = registersOf(forms)

export const fieldOf = (form: Form, name: string): Field | undefined => form.fields.find((field) => field.name === name)

/** Whether rows go to a collection, so that its host reads those of all units: 作品, and what is put forward of them. */
export const isHosted = (form: Form) => form.scope === 'unit' && form.fields.some((field) => field.to === 'collections')

/** The column in which a private value stands masked: phone → phone_masked. */
export const maskedOf = (name: string) => `${name}_masked`

/** The name a reference's printed text goes by in a row: organization_id → organization_id_label. */
export const labelOf = (name: string) => `${name}_label`
