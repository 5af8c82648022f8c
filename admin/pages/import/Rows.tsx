/** The rows of the chosen kind in the grid: faults corrected in their cells, changes shown old → new, disputes decided. */
import { type RefObject, useMemo, useState } from 'react'
import { useNotify } from 'react-admin'
import type { Setting } from '../../columns.tsx'
import { type Column, Grid, type GridHandle, type Row, type Status, type View } from '../../grid/index.ts'
import { useDensity } from '../../layout/looks.ts'
import { Button } from '../../parts/controls.tsx'
import { Mark } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { stagedCheck, stagedState } from './columns.tsx'
import { Kinds, type KindTab, TableErrors, Warnings } from './Kinds.tsx'
import { countOf, doubledIn, firstKind, kindWords, noted } from './kinds.ts'
import { asideOf, type Decide, Note } from './Note.tsx'
import { createWalk } from './problems.ts'
import css from './Rows.module.css'
import { type ShownKind, type Staged, stagedOf } from './staged.ts'
import type { ImportAnswer } from './types.ts'

const NOTE_HEIGHT_PX = 34

const nothing: Record<ShownKind, string> = {
  all: '这个文件里没有数据行。',
  create: '没有要新增的行。',
  update: '没有要更新的行。',
  unchanged: '没有不变的行。',
  repeated: '文件里没有重复的行。',
  conflict: '没有冲突要定。',
  wrong: '没有错误了。',
  left_out: '没有不导入的行。',
}

const viewOf = (kind: ShownKind): View => ({
  sort: [],
  filter: kind === 'all' ? {} : { kind: { values: [kind], label: kindWords(kind)?.label ?? '' } },
})

type RowsProps = {
  of: ImportAnswer
  setting: Setting
  columns: readonly Column[]
  staged: Staged
  grid: RefObject<GridHandle | null>
  tab: KindTab
  onTab: (tab: KindTab) => void
  status: Status | null
  onStatus: (status: Status) => void
  /** Absent where nothing may be decided any more. */
  decide?: Decide | undefined
  deciding: boolean
  chooseAll: (choice: 'mine' | 'theirs') => Promise<void>
  keepFirst: () => Promise<void>
}
type Active = { id: unknown; column: string | null }

/** What the grid is told of the rows of a kind; the same objects as long as nothing of it changes. */
function useTelling({ of, setting, decide }: RowsProps, kind: ShownKind) {
  const isNoted = noted.includes(kind)
  const open = decide !== undefined
  const telling = useMemo(() => ({ of, form: setting.form, decide }), [of, setting.form, decide])
  return {
    telling,
    isNoted,
    view: useMemo(() => viewOf(kind), [kind]),
    rowState: useMemo(() => stagedState(open), [open]),
    checkRow: useMemo(() => stagedCheck(setting), [setting]),
    note: useMemo(
      () =>
        isNoted
          ? { height: NOTE_HEIGHT_PX, draw: (row: Row) => <Note telling={telling} row={row} kind={kind} /> }
          : undefined,
      [isNoted, telling, kind],
    ),
    numbers: useMemo(
      () => ({ label: '文件行', most: (of.rows ?? 0) + 100, of: (row: Row) => String(stagedOf(row).row) }),
      [of.rows],
    ),
  }
}

export function Rows(props: RowsProps) {
  const { of, columns, staged, grid, tab, onTab, decide, onStatus } = props
  const { height } = useDensity()
  const notify = useNotify()
  const [ticked, setTicked] = useState<number[]>([])
  const [active, setActive] = useState<Active>({ id: null, column: null })
  const kind = tab === 'warnings' ? 'all' : tab
  const { telling, isNoted, view, rowState, checkRow, note, numbers } = useTelling(props, kind)
  return (
    <>
      <Kinds of={of} chosen={tab} onChoose={onTab}>
        <Tools {...props} kind={kind} ticked={ticked} active={active} />
      </Kinds>
      {props.status?.offline && (
        <p className={css.offline} role="status">
          {props.status.offline.includes('网络') ? '网络断了。您可以接着改，恢复后自动保存。' : props.status.offline}
        </p>
      )}
      <TableErrors of={of} />
      {tab === 'warnings' ? (
        <Warnings of={of} />
      ) : (
        <div className={css.table}>
          <Grid
            ref={grid}
            label={`${of.file_name}里的行`}
            columns={columns}
            source={staged.source}
            view={view}
            checkRow={checkRow}
            rowState={rowState}
            numbers={numbers}
            {...(note && { note })}
            aside={(row, column) => asideOf(telling, row, column, isNoted)}
            checkable={decide !== undefined}
            removable={false}
            rowHeight={height}
            empty={nothing[kind]}
            onSelectionChange={({ ids, activeId, column }) => {
              setTicked(ids.length > 0 ? (grid.current?.selectedIds() ?? []).map(Number) : [])
              setActive({ id: activeId, column })
            }}
            onStatus={onStatus}
            onMessage={({ text, kind }) => notify(text, { type: kind === 'fault' ? 'warning' : 'info' })}
          />
        </div>
      )}
    </>
  )
}

/** At the right of the tabs: what can be done with ticked rows, with all disputes, and the way to the next problem. */
function Tools(props: RowsProps & { kind: ShownKind; ticked: number[]; active: Active }) {
  const { of, columns, staged, grid, onTab, status, decide, chooseAll, keepFirst, kind, ticked, active } = props
  if (!decide) return null
  const conflicts = countOf(of, 'conflict')
  const doubled = doubledIn(of)
  const waiting = (of.error_count ?? 0) - (of.table_errors?.length ?? 0) + conflicts + doubled + (status?.faulty ?? 0)

  function next() {
    if ((status?.faulty ?? 0) + (status?.conflicts ?? 0) > 0) return void grid.current?.nextProblem()
    // Where nothing waits, or nothing waits any more, on to the kind of which something is left.
    const waits = ['wrong', 'conflict', 'repeated'].includes(kind)
    if (!waits || !createWalk(staged, grid.current, columns)(active)) onTab(firstKind(of))
  }
  const out = kind !== 'left_out'
  return (
    <>
      {props.deciding && (
        <span className="muted" role="status">
          正在核对…
        </span>
      )}
      {ticked.length > 0 && (
        <Button
          disabled={props.deciding}
          onClick={() => {
            grid.current?.clearSelected()
            void decide({ left_out: ticked.map((n) => ({ n, out })) })
          }}
        >
          {out ? '不导入' : '还是导入'}选中的 {count(ticked.length)} 行
        </Button>
      )}
      {ticked.length === 0 && kind === 'conflict' && conflicts > 0 && (
        <>
          <Button disabled={props.deciding} onClick={() => void chooseAll('mine')}>
            全部用文件的
          </Button>
          <Button disabled={props.deciding} onClick={() => void chooseAll('theirs')}>
            全部留现在的
          </Button>
        </>
      )}
      {ticked.length === 0 && kind === 'repeated' && doubled > 0 && (
        <Button disabled={props.deciding} onClick={() => void keepFirst()}>
          都留前一行
        </Button>
      )}
      {waiting > 0 && (
        <>
          <Mark tone="bad">待修正 {count(waiting)}</Mark>
          <Button onClick={next}>下一个问题</Button>
        </>
      )}
    </>
  )
}
