/** What the plan counts, in the order in which the notice names it. */
import type { Metric } from '../../server/reports.ts'

type Described = {
  name: Metric
  form: string
  label: string
  short: string
  measure: string
  /** The column that is added up, where it is not rows that count. */
  adds?: string
}
export const metrics: readonly Described[] = [
  { name: 'organizations', form: 'organizations', label: '组织动员基层工会组织', short: '组织', measure: '个' },
  { name: 'propagandists', form: 'propagandists', label: '发展职工好网民宣传员', short: '宣传员', measure: '名' },
  { name: 'events', form: 'events', label: '开展线下活动', short: '活动', measure: '场' },
  { name: 'people', form: 'events', label: '面对面接触职工', short: '面对面', measure: '人', adds: 'headcount' },
  { name: 'netizens', form: 'reach', label: '影响职工网民', short: '影响', measure: '人', adds: 'people' },
]
