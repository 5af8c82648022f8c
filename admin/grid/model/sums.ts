/** What a column adds up to, in words: at the foot of the list and in the headings of groups. */
import type { SummaryKind } from '../types.ts'

export const SUMMARY_WORDS: Readonly<Record<SummaryKind, string>> = { count: '计数', sum: '合计', distinct: '不重复' }

const number = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 2 })

/** 17,340; — where there is nothing to add up. */
export const sumText = (value: number | null): string => (value === null ? '—' : number.format(value))
