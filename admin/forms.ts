/**
 * The forms in force in the campaign one looks at: what menu, grids, import, dictionary and history show. Components ask
 * `useForms`; what is no component is handed the forms, or finds those beside the form it has. They are read anew when the
 * server says that definitions have changed, while whoever types goes on.
 */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import {
  forms as builtIn,
  compileForms,
  type Form,
  type FormDefinition,
  type Forms,
  formOf,
  type Surroundings,
} from '../server/forms/index.ts'
import { api, definitionsTold, fetchJson } from './http.ts'
import { useCampaign, useIdentity, useRenewMe } from './identity.ts'

export type { Forms } from '../server/forms/index.ts'

/** The answer of GET /api/forms, and the forms that it defines. */
type KnownForms = { version: number; definitions: readonly FormDefinition[]; forms: Forms }

/** Before anybody has logged in there are none. */
const none: Forms = {}

async function readForms(campaign_id: number | undefined): Promise<KnownForms> {
  // Nothing is defined where there is no campaign yet.
  if (campaign_id === undefined) return { version: 0, definitions: [], forms: builtIn }
  const { headers, json } = await fetchJson(`${api}/forms?campaign_id=${campaign_id}`)
  const version = Number(headers.get('x-definitions-version'))
  return { version, definitions: json, forms: compileForms(json, builtIn) }
}

/** The same definitions are the same forms: a page of them is not drawn anew because another campaign has changed. */
function shared(before: unknown, after: unknown): KnownForms {
  const [known, read] = [before as KnownForms | undefined, after as KnownForms]
  const isSame = known && JSON.stringify(known.definitions) === JSON.stringify(read.definitions)
  if (!isSame) return read
  return known.version === read.version ? known : { ...read, forms: known.forms }
}

/** What an adjustment is written over: the built-in form itself, whatever is in force. */
export const builtInForm = (name: string): Form | undefined => formOf(builtIn, name)

/**
 * What a definition is read against here, as it is typed: everything the page knows. What only the installation knows (names
 * that other campaigns have given to columns) the server says, by the same reader.
 */
export const surroundingsIn = (forms: Forms, collections: Surroundings['collections']): Surroundings => ({
  collections,
  forms,
  builtIn,
  columns: [],
  referable: new Set(Object.keys(forms)),
  taken: new Set(),
})

function useFormsQuery() {
  const isKnown = useIdentity() !== undefined
  const campaign_id = useCampaign()?.id
  return useQuery({
    queryKey: ['forms', campaign_id],
    queryFn: () => readForms(campaign_id),
    enabled: isKnown,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: shared,
    placeholderData: keepPreviousData,
  })
}

/** By name, in the order of menus. Those of the campaign before, for the moment in which another one is chosen. */
export const useForms = (): Forms => useFormsQuery().data?.forms ?? none

/** Whether the forms are those of the campaign one looks at; the sentence why they could not be read. */
export function useFormsState(): { isReady: boolean; fault: string | null } {
  const { data, isPlaceholderData, error } = useFormsQuery()
  return { isReady: data !== undefined && !isPlaceholderData, fault: data ? null : (error?.message ?? null) }
}

/** Reads forms and rights again when definitions have changed, and when one comes back to the page; once for all pages. */
export function useFreshForms(): void {
  const client = useQueryClient()
  const renewMe = useRenewMe()
  const campaign_id = useCampaign()?.id
  useEffect(() => {
    const read = () => void client.invalidateQueries({ queryKey: ['forms'] })
    function hear(event: Event) {
      const { version } = (event as CustomEvent<{ version?: number }>).detail
      const known = client.getQueryData<KnownForms>(['forms', campaign_id])
      if (version !== undefined && known && known.version >= version) return
      read()
      renewMe()
      void client.invalidateQueries({ queryKey: ['reports'] })
    }
    const look = () => document.visibilityState === 'visible' && read()
    window.addEventListener(definitionsTold, hear)
    document.addEventListener('visibilitychange', look)
    return () => {
      window.removeEventListener(definitionsTold, hear)
      document.removeEventListener('visibilitychange', look)
    }
  }, [client, renewMe, campaign_id])
}
