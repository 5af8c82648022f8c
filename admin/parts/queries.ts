/** What several pages ask the server: the reports, the units, the lists behind pickers. One answer is shared by all. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useDataProvider } from 'react-admin'
import type { Metric, Progress, Stage, Todo } from '../../server/reports.ts'
import { dataProvider, type StoredRow } from '../dataProvider.ts'
import { useCampaign } from '../me.ts'

export type {
  Count,
  DayProgress,
  Metric,
  Progress,
  Returned,
  Stage,
  Todo,
  UnitProgress,
  Waiting,
} from '../../server/reports.ts'

export const metrics: readonly { name: Metric; form: string; label: string; short: string; measure: string }[] = [
  { name: 'organizations', form: 'organizations', label: '组织动员基层工会组织', short: '组织', measure: '个' },
  { name: 'propagandists', form: 'propagandists', label: '发展职工好网民宣传员', short: '宣传员', measure: '名' },
  { name: 'events', form: 'events', label: '开展线下活动', short: '活动', measure: '场' },
  { name: 'people', form: 'events', label: '面对面接触职工', short: '面对面', measure: '人' },
  { name: 'netizens', form: 'reach', label: '影响职工网民', short: '影响', measure: '人' },
]

const fresh = { staleTime: 20_000, refetchInterval: 120_000 }

export function useProgress(enabled = true) {
  const campaign = useCampaign()
  return useQuery({
    queryKey: ['reports', 'progress', campaign?.id],
    queryFn: () => dataProvider.report('progress', campaign?.id) as Promise<Progress>,
    enabled: enabled && campaign !== undefined,
    ...fresh,
  })
}

export function useTodo(enabled = true) {
  const campaign = useCampaign()
  return useQuery({
    queryKey: ['reports', 'todo', campaign?.id],
    queryFn: () => dataProvider.report('todo', campaign?.id) as Promise<Todo>,
    enabled: enabled && campaign !== undefined,
    ...fresh,
  })
}

/** Reads counts and reports again after rows have changed their state. */
export function useRecount() {
  const client = useQueryClient()
  return useCallback(() => {
    void client.invalidateQueries({ queryKey: ['reports'] })
    void client.invalidateQueries({ queryKey: ['count'] })
  }, [client])
}

/** How many rows of a form a filter finds. */
export function useCount(form: string, filter: Record<string, unknown>, enabled = true) {
  return useQuery({
    queryKey: ['count', form, filter],
    queryFn: () => dataProvider.count(form, filter),
    enabled,
    staleTime: 20_000,
  })
}

const longest = 1000

/** All rows of a short list (units, collections, stages), in a given order. */
export function useAll(form: string, sort: string, filter: Record<string, unknown> = {}, enabled = true) {
  const provider = useDataProvider()
  return useQuery({
    queryKey: ['all', form, sort, filter],
    queryFn: async () => {
      const { data } = await provider.getList<StoredRow>(form, {
        pagination: { page: 1, perPage: longest },
        sort: { field: sort, order: 'ASC' },
        filter,
      })
      return data
    },
    enabled,
    staleTime: 60_000,
  })
}

/** The reporting units in annex 1's order. */
export const useUnits = (enabled = true) => useAll('units', 'annex_order', {}, enabled)

/** The next deadline of the campaign, or the stage it is in. */
export function nextDeadline(stages: readonly Stage[], today: string): Stage | undefined {
  return stages.find((stage) => stage.is_deadline && stage.ends_on >= today)
}
