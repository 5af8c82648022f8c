/** A change as people say it: who, what, and each field old → new. */
import { type Form, fieldOf, trailKinds } from '../../server/forms/index.ts'
import type { HistoryEntry } from '../../server/records/history.ts'
import type { Forms } from '../forms.ts'
import css from './history.module.css'
import { shown } from './shown.ts'
import { wordOf } from './states.tsx'
import { moment } from './words.ts'

const words: Record<string, string> = {
  create: '新增',
  update: '修改',
  remove: '删去',
  restore: '找回',
  undo: '撤销',
  redo: '恢复',
  submission: '提交',
  withdrawal: '撤回',
  approval: '通过',
  return: '退回',
  archival: '归档',
  opening: '开启',
  reopening: '重新开启',
  annulment: '作废',
  refusal: '不受理',
  shortlisting: '列为入围',
  review: '送评审',
  proposal: '列为拟奖',
  publicity: '公示',
  award: '评为获奖',
  elimination: '未获奖',
  nomination: '推荐全国',
  comment: '批注',
  vote: '记票',
  conversion: '按新的表单改写',
  retyping: '按新的类型改写',
}

/** 修改; the word of its own action for what is no row of a form. */
export const actionWord = (action: string, form = ''): string =>
  trailKinds[form]?.actions[action] ?? words[action] ?? action
export const formWord = (forms: Forms, form: string): string => forms[form]?.label ?? trailKinds[form]?.label ?? form

/** What a change of these kinds leaves behind, for its mark in a list. */
export const statusAfter: Record<string, string> = {
  create: 'draft',
  update: 'draft',
  withdrawal: 'draft',
  submission: 'submitted',
  approval: 'approved',
  return: 'returned',
  annulment: 'void',
  remove: 'void',
  archival: 'archived',
  shortlisting: 'shortlisted',
  review: 'under_review',
  proposal: 'proposed',
  award: 'awarded',
}

/** Kept by the server about the row itself: said by the action, not as a field. */
const silent = new Set([
  'status',
  'deleted_at',
  'submitted_at',
  'submitted_by',
  'reviewed_at',
  'reviewed_by',
  'returned_reason',
  'returned_fields',
  'blind_number',
])
const others: Record<string, string> = {
  number: '编号',
  comment: '批注',
  counted_on: '统计日',
  self_reviewed: '本人审核本人提交的',
}

type FieldDifference = { name: string; label: string; before: string; after: string }

function printed(forms: Forms, form: Form | undefined, name: string, values: Record<string, unknown> | null): string {
  const value = values?.[name]
  const field = form && fieldOf(form, name)
  if (field) return shown(field, value, values ?? {})
  if (name === 'status') return wordOf(value)
  if (name.endsWith('_at')) return moment(value)
  if (name === 'form') return formWord(forms, String(value))
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The fields a change has touched, in the form's order. */
export function differencesOf(forms: Forms, change: HistoryEntry): FieldDifference[] {
  const form = forms[change.form]
  const names = new Set([...Object.keys(change.before ?? {}), ...Object.keys(change.after ?? {})])
  const order = form?.fields.map((field) => field.name) ?? Object.keys(trailKinds[change.form]?.fields ?? {})
  return [...names]
    .filter((name) => !silent.has(name) && !name.endsWith('_label'))
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((name) => ({
      name,
      label: (form && fieldOf(form, name)?.label) ?? trailKinds[change.form]?.fields[name] ?? others[name] ?? name,
      before: printed(forms, form, name, change.before),
      after: printed(forms, form, name, change.after),
    }))
}

/** The reason that was given with it. */
export const reasonOf = (change: HistoryEntry): string | undefined => {
  const reason = change.after?.returned_reason
  return typeof reason === 'string' && reason !== '' && change.action !== 'submission' ? reason : undefined
}

/** 18,200 → 1,820,000; long texts are cut, their whole is in the title. */
export function Differences({ of, limit = 6 }: { of: readonly FieldDifference[]; limit?: number }) {
  return (
    <ul className={css.differences}>
      {of.slice(0, limit).map(({ name, label, before, after }) => (
        <li key={name} title={`${label}：${before || '空'} → ${after || '空'}`}>
          <span className="soft">{label}</span> <s>{before || '空'}</s> → <b>{after || '空'}</b>
        </li>
      ))}
      {of.length > limit && <li className="muted">还有 {of.length - limit} 个栏目</li>}
    </ul>
  )
}
