/** The person logged in, and what they may do in the campaign they look at. */
import { useMemo } from 'react'
import type { Me, Rights } from '../server/people/sessions.ts'
import { type Forms, useForms } from './forms.ts'
import { useCampaign, useIdentity, type Words } from './identity.ts'

export type { Role } from '../server/database/connection.ts'
export type { Action, Campaign, Me, Rights } from '../server/people/sessions.ts'
export { useCampaign, useRenewMe } from './identity.ts'

const noRights: Rights = {
  read: false,
  create: false,
  update: false,
  remove: false,
  import: false,
  export: false,
  fields_hidden: [],
  fields_masked: [],
  fields_writable: [],
  actions: [],
}

export const rightsOf = (me: Me | undefined, form: string): Rights => me?.forms[form] ?? noRights

/** Rights where a campaign is only looked at: what belongs to no campaign is as ever. */
const lookedAt = (me: Me, forms: Forms): Me => ({
  ...me,
  forms: Object.fromEntries(
    Object.entries(me.forms).map(([name, rights]) => {
      const { read, export: saves, fields_hidden, fields_masked } = rights ?? noRights
      const kept = { ...noRights, read, export: saves, fields_hidden, fields_masked }
      return [name, forms[name]?.scope === 'global' ? rights : kept]
    }),
  ),
})

/**
 * Undefined until the identity is known; inside the layout it always is. In an archived campaign nobody has a right to
 * write.
 */
export function useMe(): Me | undefined {
  const me = useIdentity()
  const isArchived = useCampaign()?.state === 'archived'
  const forms = useForms()
  return useMemo(() => (me && isArchived ? lookedAt(me, forms) : me), [me, isArchived, forms])
}

/** Where the person works, as the top bar says it: unit, or the role of those without one. */
export function placeOf(me: Me, words: Words): string {
  if (me.role === 'juror') return '评委'
  if (me.role === 'cac')
    return me.unit_short_name ? `${me.unit_short_name}${words.office ?? ''}` : (words.office_name ?? '')
  if (me.role === 'province') return words.contact
  return me.unit_name ?? ''
}
