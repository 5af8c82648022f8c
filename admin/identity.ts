/** Who is logged in, as GET /api/me says, and which campaign they look at. What they may do in it is me.ts. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useGetIdentity, useStore } from 'react-admin'
import type { Campaign, Me, Words } from '../server/people/sessions.ts'
import { forgetMe } from './authProvider.ts'

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

/** Asks anew who one is and which campaigns there are, after something of that has changed. */
export function useRenewMe(): () => void {
  const client = useQueryClient()
  return useCallback(() => {
    forgetMe()
    void client.invalidateQueries({ queryKey: ['auth', 'getIdentity'] })
  }, [client])
}

export type { Words } from '../server/people/sessions.ts'

/** Where no campaign says how its people are called. */
const neutral: Words = {
  lead_name: '牵头单位',
  lead_short: '牵头单位',
  contact: '牵头单位',
  office: null,
  office_name: null,
  units_called: '各单位',
  unit_called: '单位',
  area: '全部单位',
  level: '',
  plan_title: '',
  login_title: '',
  login_text: '',
  home_title: '进度',
}

/** How the campaign one looks at speaks of those who take part in it. */
export const useWords = (): Words => useCampaign()?.words ?? neutral
