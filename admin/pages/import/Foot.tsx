/** Below the rows: the progress, what is still to be decided, and 写入. */
import type { Form } from '../../../server/forms/index.ts'
import type { Status } from '../../grid/index.ts'
import { classes } from '../../parts/classes.ts'
import { Button, ButtonLink } from '../../parts/controls.tsx'
import { download } from '../../parts/links.ts'
import { count } from '../../parts/words.ts'
import css from './Foot.module.css'
import { countOf, doubledIn } from './kinds.ts'
import type { ImportAnswer } from './types.ts'
import { UndoImport } from './Undo.tsx'
import { isRunning, type useDeeds } from './useImport.ts'

/** Why not everything can be written yet; blank when it can. */
function waitsFor(of: ImportAnswer, unsaved: number): string {
  if (of.mapping?.needed) return '先对应栏目'
  const wrong = countOf(of, 'wrong')
  const sums = of.table_errors?.length ?? 0
  const conflicts = countOf(of, 'conflict')
  const doubled = doubledIn(of)
  const parts = [
    wrong ? `改好 ${count(wrong)} 行错误` : '',
    sums ? `对好 ${count(sums)} 处合计` : '',
    conflicts ? `定下 ${count(conflicts)} 行冲突` : '',
    doubled ? `定下 ${count(doubled)} 行重复` : '',
    unsaved ? `等 ${count(unsaved)} 格改好存上` : '',
  ].filter(Boolean)
  return parts.length > 0 ? `先${parts.join('、')}` : ''
}

/** 新增 412 行，更新 38 行: only what there was. */
export const writtenWords = (of: ImportAnswer): string =>
  [
    countOf(of, 'create') ? `新增 ${count(of.create)} 行` : '',
    countOf(of, 'update') ? `更新 ${count(of.update)} 行` : '',
  ]
    .filter(Boolean)
    .join('，') || '没有变动'

/** 31,420 / 50,000 行　18,300 行/秒，约 1 秒. */
function paceOf({ state, rows_done, rows_total, rate }: ImportAnswer): string {
  const doing = state === 'applying' ? '正在写入' : state === 'queued' ? '排队等候' : '正在核对'
  if (state === 'queued') return doing
  const rows = `${doing} ${count(rows_done ?? 0)}${rows_total ? ` / ${count(rows_total)}` : ''} 行`
  // The first rows say little of how long the others take.
  if (!rate || (rows_done ?? 0) < (rows_total ?? 0) / 10) return rows
  const left = rows_total ? Math.max(0, rows_total - (rows_done ?? 0)) / rate : null
  const speed = `${count(Math.round(rate))} 行/秒`
  if (left === null) return `${rows}　${speed}`
  return `${rows}　${speed}，约 ${left < 90 ? `${Math.max(1, Math.ceil(left))} 秒` : `${Math.ceil(left / 60)} 分钟`}`
}

const shareOf = ({ rows_done, rows_total, rows }: ImportAnswer) => {
  const all = rows_total ?? rows
  return all ? Math.min(100, Math.round(((rows_done ?? 0) / all) * 100)) : 0
}

function Progress({ of }: { of: ImportAnswer }) {
  const running = isRunning(of)
  return (
    <div className={css.progress} role="status">
      <div className={css.bar}>
        <i style={{ width: running ? `${shareOf(of)}%` : '100%' }} />
      </div>
      {running ? paceOf(of) : of.state === 'applied' ? `已写入：${writtenWords(of)}` : `核对完成：${count(of.rows)} 行`}
    </div>
  )
}

export function Foot({
  of,
  form,
  status,
  own,
  deciding,
  deeds,
}: {
  of: ImportAnswer
  form: Form
  status: Status | null
  own: boolean
  /** A decision is on its way: the counts are about to change. */
  deciding: boolean
  deeds: ReturnType<typeof useDeeds>
}) {
  const { apply, giveUp } = deeds
  const busy = deeds.busy || deciding
  const changed = countOf(of, 'create') + countOf(of, 'update')
  const errors = of.error_count ?? 0
  const waits = waitsFor(of, status?.unsaved ?? 0)
  const running = isRunning(of)
  return (
    <footer className={css.foot}>
      <Progress of={of} />
      <span className="fill" />
      {running && own && (
        <Button large icon="cross" onClick={() => void giveUp()}>
          取消
        </Button>
      )}
      {of.state === 'applied' && (
        <>
          {own && <UndoImport of={of} />}
          <ButtonLink to={`/${form.name}`} kind="primary" large>
            看{form.label}
          </ButtonLink>
        </>
      )}
      {of.state === 'checked' && (
        <>
          {waits && <span className={classes('soft', css.waits)}>{waits}</span>}
          {!waits && changed === 0 && (
            <span className={classes('soft', css.waits)}>和现在登记的完全一样，没有要写入的</span>
          )}
          {errors > (of.table_errors?.length ?? 0) && (
            <Button
              large
              icon="download"
              title="改好的文件拖到这一页，接着这次导入"
              onClick={() => download(`/imports/${of.id}/errors.xlsx`)}
            >
              下载错误表
            </Button>
          )}
          {own && waits && changed > 0 && !of.mapping?.needed && !of.table_errors?.length && (
            <Button large disabled={busy || (status?.unsaved ?? 0) > 0} onClick={() => void apply(true)}>
              只导入正确行 {count(changed)}
            </Button>
          )}
          {own && (
            <Button
              kind="primary"
              large
              disabled={busy || waits !== '' || changed === 0}
              title={waits || undefined}
              onClick={() => void apply(false)}
            >
              全部应用{changed > 0 && !waits && ` ${count(changed)} 行`}
            </Button>
          )}
        </>
      )}
    </footer>
  )
}
