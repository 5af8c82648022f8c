/** Who is using the admin and what they may do: the answer of GET /api/me, and the campaign they look at. */
import { useGetIdentity, useStore } from 'react-admin'
import type { Campaign, Me, Rights } from '../server/session.ts'

export type { Role } from '../server/database.ts'
export type { Action, Campaign, Me, Rights } from '../server/session.ts'

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

/** Undefined until the identity is known; inside the layout it always is. */
export function useMe(): Me | undefined {
  return useGetIdentity().identity as unknown as Me | undefined
}

/** The campaign chosen in the top bar, else the latest one. */
export function useCampaign(): Campaign | undefined {
  const me = useMe()
  const [id] = useStore<number | null>('campaign', null)
  return me?.campaigns.find((campaign) => campaign.id === id) ?? me?.campaigns[0]
}

/** Where the person works, as the top bar says it: unit, or the role of those without one. */
export function placeOf(me: Me): string {
  if (me.role === 'juror') return '评委'
  if (me.role === 'cac') return me.unit_short_name ? `${me.unit_short_name}网信办` : '省委网信办'
  if (me.role === 'province') return '省总网络工作部'
  return me.unit_name ?? ''
}
