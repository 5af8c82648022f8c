/**
 * The forms in force in the campaign one looks at: what menu, grids, import, dictionary and history show. Components ask
 * `useForms`; what is no component is handed the forms, or finds those beside the form it has.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { forms as builtIn, type Forms } from '../server/forms/index.ts'
import { useCampaign, useIdentity } from './identity.ts'

export type { Forms } from '../server/forms/index.ts'

/** Before anybody has logged in there are none. */
const none: Forms = {}

function useFormsQuery() {
  const isKnown = useIdentity() !== undefined
  const campaign_id = useCampaign()?.id
  return useQuery({
    queryKey: ['forms', campaign_id],
    queryFn: async () => builtIn,
    enabled: isKnown,
    staleTime: Number.POSITIVE_INFINITY,
    // Compared by whoever reads them: forms are made of functions too.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  })
}

/** By name, in the order of menus. Those of the campaign before, for the moment in which another one is chosen. */
export const useForms = (): Forms => useFormsQuery().data ?? none

/** Whether the forms are those of the campaign one looks at. */
export function useFormsReady(): boolean {
  const { data, isPlaceholderData } = useFormsQuery()
  return data !== undefined && !isPlaceholderData
}
