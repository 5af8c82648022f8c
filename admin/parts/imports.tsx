/** What an import says about itself, in lists and on its own page. */
import { Mark } from './states.tsx'
import { count } from './words.ts'

export type ImportHead = {
  id: number
  form: string
  form_label: string
  file_name: string
  size: number
  state: 'queued' | 'checking' | 'checked' | 'applying' | 'applied' | 'undone' | 'failed' | 'cancelled'
  unit_id: number | null
  unit_id_label: string | null
  created_at: string
  created_by_label: string | null
  finished_at: string | null
  rows_done: number | null
  rows_total: number | null
  /** Rows a second, while it runs. */
  rate?: number | null
  rows?: number | null
  create?: number | null
  update?: number | null
  unchanged?: number | null
  repeated?: number | null
  conflicts?: number | null
  wrong?: number | null
  left_out?: number | null
  /** Rows a person has to settle: wrong, in dispute, or contradicted by another row of the file. */
  undecided?: number | null
  error_count?: number | null
  message?: string | null
  undone?: { removed: number; restored: number } | null
  kept_count?: number | null
}

export function ImportState({ of }: { of: ImportHead }) {
  if (of.state === 'applied') return <Mark tone="ok">已写入</Mark>
  if (of.state === 'undone') return <Mark tone="void">已撤销</Mark>
  if (of.state === 'failed') return <Mark tone="bad">没有读出来</Mark>
  if (of.state === 'cancelled') return <Mark tone="void">已放弃</Mark>
  if (of.state === 'checked' && of.conflicts && !of.error_count)
    return <Mark tone="clash">{count(of.conflicts)} 行冲突</Mark>
  if (of.state === 'checked' && of.error_count) return <Mark tone="bad">{count(of.error_count)} 处错误</Mark>
  if (of.state === 'checked') return <Mark tone="sent">待写入</Mark>
  return <Mark tone="draft">{of.state === 'applying' ? '正在写入' : '正在核对'}</Mark>
}

/** 新增 412 行，更新 38 行. */
export function summaryOf(of: ImportHead): string {
  if (of.message) return of.message
  if (of.state === 'undone') return undoneWords(of)
  if (of.state === 'cancelled') return '没有写入'
  const parts = [
    of.create ? `新增 ${count(of.create)} 行` : '',
    of.update ? `更新 ${count(of.update)} 行` : '',
    of.unchanged ? `不变 ${count(of.unchanged)} 行` : '',
    of.repeated ? `重复 ${count(of.repeated)} 行` : '',
    of.conflicts ? `冲突 ${count(of.conflicts)} 行` : '',
    of.wrong ? `错误 ${count(of.wrong)} 行` : '',
    of.left_out ? `不导入 ${count(of.left_out)} 行` : '',
  ].filter(Boolean)
  const words = parts.join('，')
  return of.state === 'applied' || !words ? words : `已核对：${words}，还没有写入`
}

/** 删去 1,196 行，改回 12 行，保留 8 行. */
export function undoneWords({ undone, kept_count }: Pick<ImportHead, 'undone' | 'kept_count'>): string {
  const parts = [
    undone?.removed ? `删去 ${count(undone.removed)} 行` : '',
    undone?.restored ? `改回 ${count(undone.restored)} 行` : '',
    kept_count ? `保留 ${count(kept_count)} 行` : '',
  ].filter(Boolean)
  return parts.join('，') || '没有要改回的行'
}
