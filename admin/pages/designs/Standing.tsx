/** How a draft stands: stored or kept, what is wrong with it, who else wrote it; and the tools over its columns. */
import type { GridHandle, Status } from '../../grid/index.ts'
import { Button, Fault, LinkButton, Strip } from '../../parts/controls.tsx'
import { Toned } from '../../parts/states.tsx'
import type { useDesignSteps } from './designs.ts'
import css from './Standing.module.css'
import type { OpenDraft } from './useDraft.ts'

/** 15:42, on this clock. */
const clock = (at: string) => new Date(at).toTimeString().slice(0, 5)

/** Where the draft is: stored, in the browser alone, or at fault. */
export function Stored({ open, onFault }: { open: OpenDraft; onFault: () => void }) {
  const { state, faults } = open
  if (open.isUntouched) return null
  if (faults.count > 0)
    return (
      <>
        <span role="status" className="muted">
          先存在这台电脑上
        </span>
        <LinkButton onClick={onFault}>
          <Toned tone="bad">还有 {faults.count} 处要改</Toned>
        </LinkButton>
      </>
    )
  const words = {
    stored: 'at' in state && state.at ? `已保存 ${clock(state.at)}` : '',
    storing: '正在保存',
    kept: '先存在这台电脑上',
    offline: '没有连上，先存在这台电脑上',
    conflict: '有两个版本，请选一个',
  }
  return (
    <span role="status" className="muted">
      {words[state.kind]}
    </span>
  )
}

/** What is to be known before one goes on: kept work, refusals, two versions. */
export function Notices({
  open,
  steps,
  grid,
}: {
  open: OpenDraft
  steps: ReturnType<typeof useDesignSteps>
  grid: () => GridHandle | null
}) {
  const { state, faults } = open
  return (
    <>
      {open.isTakenUp && <Strip role="status">上次没有存上的改动还在，接着改就行。</Strip>}
      {steps.fault && (
        <Fault>{[steps.fault.sentence, ...steps.fault.errors.map(([, sentence]) => sentence)].join(' ')}</Fault>
      )}
      {state.kind === 'kept' && state.fault && state.fault.errors.length === 0 && <Fault>{state.fault.sentence}</Fault>}
      {!open.isUntouched &&
        [...(faults.head.keys ? ['请在“唯一”里勾出靠哪几栏认出同一行，至少一栏。'] : []), ...faults.others].map(
          (sentence) => (
            <Strip key={sentence} tone="warn">
              {sentence}
            </Strip>
          ),
        )}
      {state.kind === 'conflict' && (
        <Strip tone="warn" role="alert">
          {state.theirs.updated_by_label}刚存了这份草稿的另一版。两版都在：您的在这一页和这台电脑上，对方的在系统里。
          <Button small onClick={() => open.settle('mine')}>
            用我的
          </Button>
          <Button
            small
            onClick={() => {
              open.settle('theirs')
              grid()?.reload()
            }}
          >
            用对方的
          </Button>
        </Strip>
      )}
    </>
  )
}

/** Undo, redo, another column; what keys do. */
export function Tools({
  grid,
  status,
  open,
  shown,
  reason,
}: {
  grid: () => GridHandle | null
  status: Status | null
  open: OpenDraft
  shown: number
  reason: string | undefined
}) {
  const hidden = open.sheet.rows.filter((row) => row.hidden).length
  return (
    <div className={css.tools}>
      {open.isOpen && (
        <>
          <Button small kind="quiet" icon="back" disabled={!status?.canUndo} onClick={() => grid()?.undo()}>
            撤销
          </Button>
          <Button small kind="quiet" disabled={!status?.canRedo} onClick={() => grid()?.redo()}>
            重做
          </Button>
          <Button small kind="quiet" icon="plus" onClick={() => grid()?.newRow()}>
            新增一栏
          </Button>
        </>
      )}
      <span className="fill" />
      <span className="muted" aria-live="polite">
        {reason ?? (
          <>
            {shown} 栏{hidden > 0 && `，另有 ${hidden} 栏不用`}
            {open.isOpen && '　Alt ↑ ↓ 挪一栏 · 空格勾选 · Ctrl S 保存'}
          </>
        )}
      </span>
    </div>
  )
}
