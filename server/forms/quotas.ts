/** 附件1 任务分配表: what each unit has to do, a column a metric that is divided among the units (notice, annex 1). */
import { defineForm, type Form, integer, reference } from './form.ts'
import type { Metric } from './metrics.ts'

type QuotaColumn = Pick<Metric, 'name' | 'label' | 'synonyms'>

/**
 * The form as it is in a campaign, from its metrics in their order; `registers`: those in force, whose rows are counted
 * against it; `planTitle`: what the campaign calls its plan.
 */
export const quotasOf = (metrics: readonly QuotaColumn[], registers: readonly Pick<Form, 'name'>[], planTitle = '') =>
  defineForm({
    name: 'quotas',
    label: '任务分配',
    title: `${planTitle}任务分配表`,
    annex: 1,
    measure: '行',
    scope: 'campaign',
    names: 'unit_id',
    recurs: true,
    fields: [
      reference('unit_id', '单位', 'units', {
        required: true,
        among: 'participations',
        width: 14,
        synonyms: ['填报单位', '市', '单位名称'],
      }),
      ...metrics.map(({ name, label, synonyms }) =>
        integer(name, label, { sum: true, width: 14, ...(synonyms && { synonyms }) }),
      ),
    ],
    keys: [['unit_id']],
    counts: [...registers.map(({ name }) => name), 'metrics', 'stages'],
  })

/** The columns its table has had from the beginning. What is in force in a campaign is what its metrics say. */
export const firstQuotas: readonly QuotaColumn[] = [
  { name: 'organizations', label: '组织动员工会组织', synonyms: ['工会组织', '基层工会组织'] },
  { name: 'propagandists', label: '发展宣传员', synonyms: ['宣传员'] },
  { name: 'events', label: '线下活动数', synonyms: ['线下活动', '活动数'] },
  { name: 'people', label: '面对面职工人数', synonyms: null },
  { name: 'netizens', label: '影响职工网民人数', synonyms: null },
]
