/** Who is logged in, as GET /api/me says, and which campaign they look at. What they may do in it is me.ts. */
import { useGetIdentity, useStore } from 'react-admin'
import type { Campaign, Me } from '../server/people/sessions.ts'

/** The answer as it came; undefined before it has. */
export const useIdentity = () => useGetIdentity().identity as unknown as Me | undefined

/** The campaign chosen in the top bar, else the one opened last, else the one seen last. */
export function useCampaign(): Campaign | undefined {
  const me = useIdentity()
  const [chosen] = useStore<number | null>('campaign', null)
  const [seen] = useStore<number | null>('campaign.seen', null)
  const named = (id: number | null) => me?.campaigns.find((campaign) => campaign.id === id)
  const first = me?.campaign ?? undefined
  return named(chosen) ?? (first?.state === 'running' ? first : (named(seen) ?? first))
}
