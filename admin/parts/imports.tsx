/** The state and counts of an import in words, for lists and its own page. */
import type { ImportHead } from '../../server/imports/tell/heads.ts'
import { Mark } from './states.tsx'
import { count } from './words.ts'

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
