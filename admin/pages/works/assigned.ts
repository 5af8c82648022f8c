/** What a juror is asked to judge: the works under review, unnamed, and the own scores. */
import { useQuery } from '@tanstack/react-query'
import { useGetList } from 'react-admin'
import type { Attachment } from '../../../server/forms/index.ts'
import type { Score } from '../../../server/works/routes.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { get } from '../../http.ts'

/** A list longer than this is cut, and says so; the own scores are asked for a few at a time. */
const MAX_ASSIGNED = 500
const REQUESTS_AT_ONCE = 6

export type BlindWork = StoredRow & {
  blind_number: number | null
  collection_id: number
  collection_id_label: string
  title: string
  files: Attachment[] | null
  url: string | null
}

/** 作品 07: all that a juror calls a work by. */
export const nameOf = (work: BlindWork) => `作品 ${String(work.blind_number ?? 0).padStart(2, '0')}`

export function useAssigned(campaign_id: number | undefined) {
  const sort = [
    ['collection_id', 'ASC'],
    ['blind_number', 'ASC'],
  ]
  return useGetList<BlindWork>(
    'submissions',
    { filter: { campaign_id }, meta: { range: [0, MAX_ASSIGNED - 1], sort } },
    { enabled: campaign_id !== undefined, staleTime: 20_000 },
  )
}

export const ownKey = (works: readonly BlindWork[]) => ['own scores', ...works.map((work) => work.id)]

/** The own scores by work. A work that has meanwhile left the review is left out. */
export function useOwnScores(works: readonly BlindWork[]) {
  return useQuery({
    queryKey: ownKey(works),
    queryFn: async () => {
      const own = new Map<number, Score>()
      for (let from = 0; from < works.length; from += REQUESTS_AT_ONCE) {
        const some = works.slice(from, from + REQUESTS_AT_ONCE)
        const told = await Promise.allSettled(
          some.map(({ id }) => get(`/submissions/${id}/scores`) as Promise<Score[]>),
        )
        for (const [n, { id }] of some.entries()) {
          const answer = told[n]
          const mine = answer?.status === 'fulfilled' ? answer.value.find((score) => score.mine) : undefined
          if (mine) own.set(id, mine)
        }
      }
      return own
    },
    enabled: works.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
