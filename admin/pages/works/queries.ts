/** What the review of works asks the server: the works of a collection, and what stands around one of them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useGetList } from 'react-admin'
import type { Attachment } from '../../../server/forms/index.ts'
import type { HistoryEntry } from '../../../server/records/history.ts'
import type { Juror, Score, VoteCount } from '../../../server/works/routes.ts'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { get } from '../../http.ts'
import { watchForm } from '../../live.ts'
import { reviewed } from './stages.ts'

/** A list longer than this is cut, and says so. */
export const MAX_WORKS = 2000

export type WorkRow = StoredRow & {
  title: string
  status: string
  collection_id: number
  number: string | null
  unit_id_label: string | null
  files: Attachment[] | null
  url: string | null
  score: number | null
  votes: number | null
  /** The campaign's day on which its publicity began. */
  publicised_on: string | null
}

/** The works that have been sent to a collection, in the order of their numbers. */
export function useWorks(campaign_id: number | undefined, collection_id: number | undefined) {
  return useGetList<WorkRow>(
    'submissions',
    {
      pagination: { page: 1, perPage: MAX_WORKS },
      sort: { field: 'number', order: 'ASC' },
      filter: { campaign_id, collection_id, status: reviewed },
    },
    { enabled: campaign_id !== undefined && collection_id !== undefined, staleTime: 20_000 },
  )
}

/** What is read again when a work has changed. */
export const listedWorks = ['submissions', 'getList']

/** Reads the works again when somebody has changed one, here or in a grid. */
export function useLiveWorks(campaign_id: number) {
  const client = useQueryClient()
  useEffect(() => {
    const reread = () => {
      for (const queryKey of [listedWorks, ['scores'], ['votes']]) void client.invalidateQueries({ queryKey })
    }
    const watch = watchForm('submissions', campaign_id, ({ kind }) => {
      if (kind !== 'people') reread()
    })
    return () => watch.stop()
  }, [client, campaign_id])
}

export const useScores = (id: number) =>
  useQuery({ queryKey: ['scores', id], queryFn: () => get(`/submissions/${id}/scores`) as Promise<Score[]> })

export const useVotes = (id: number) =>
  useQuery({ queryKey: ['votes', id], queryFn: () => get(`/submissions/${id}/votes`) as Promise<VoteCount[]> })

export const useJury = (collection_id: number) =>
  useQuery({
    queryKey: ['jury', collection_id],
    queryFn: () => get(`/collections/${collection_id}/jury`) as Promise<Juror[]>,
    staleTime: 20_000,
  })

/** What happened to a work; read anew when its version has moved on. */
export const useHistory = ({ id, version }: WorkRow) =>
  useQuery({
    queryKey: ['history', 'submissions', id, version],
    queryFn: () => dataProvider.history('submissions', id) as Promise<HistoryEntry[]>,
  })
