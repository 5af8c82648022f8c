/** 附件1 任务分配表: what each unit has to do (notice, annex 1). Workers met and netizens reached are set for the province only. */
import { defineForm, integer, reference } from './form.ts'

export const quotas = defineForm({
  name: 'quotas',
  label: '任务分配',
  title: '“好网民”活动“12351+” 计划任务分配表',
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
    integer('organizations', '组织动员工会组织', { sum: true, width: 14, synonyms: ['工会组织', '基层工会组织'] }),
    integer('propagandists', '发展宣传员', { sum: true, width: 14, synonyms: ['宣传员'] }),
    integer('events', '线下活动数', { sum: true, width: 14, synonyms: ['线下活动', '活动数'] }),
    integer('people', '面对面职工人数', { sum: true, width: 12 }),
    integer('netizens', '影响职工网民人数', { sum: true, width: 14 }),
  ],
  keys: [['unit_id']],
  counts: ['organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions', 'awards', 'stages'],
})
