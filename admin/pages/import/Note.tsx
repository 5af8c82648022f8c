/** What is said of a row, below it or beside its cell: the fault with its address, and what can be done at once. */

import type { ReactNode } from 'react'
import { type Form, fieldOf } from '../../../server/forms/index.ts'
import type { CellAside, Column, Row } from '../../grid/index.ts'
import { classes } from '../../parts/classes.ts'
import { Button, LinkButton } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { type Tone, Toned } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { isDoubled, kindWords } from './kinds.ts'
import css from './Note.module.css'
import { type ShownKind, stagedOf } from './staged.ts'
import type { DecisionChanges, ImportAnswer, Proposal, ShownRow } from './types.ts'

/** True when the server took it. */
export type Decide = (decisions: DecisionChanges) => Promise<boolean>
/** What notes need to know. `decide` is absent where nothing may be decided any more. */
type NoteProps = { of: ImportAnswer; form: Form; decide?: Decide | undefined }

const proposalFor = (of: ImportAnswer, field: string, text: string | undefined): Proposal | undefined =>
  of.proposals?.find((each) => each.field === field && each.from === text && each.chosen === null)

/** 12 处都改为“合肥第一建筑集团工会”. */
function Repair({ telling, proposal }: { telling: NoteProps; proposal: Proposal }) {
  const { decide } = telling
  const best = proposal.options[0]
  if (!decide || !best) return null
  const { field, from, count: cells } = proposal
  return (
    <Button small onClick={() => void decide({ replacements: [{ field, from, to: best.value }] })}>
      {cells > 1 ? `${count(cells)} 处都改为` : '改为'}“{best.label}”
    </Button>
  )
}

function Choices({ telling, staged, field }: { telling: NoteProps; staged: ShownRow; field: string }) {
  const { decide } = telling
  if (!decide) return null
  const choose = (choice: 'mine' | 'theirs') => void decide({ choices: [{ n: staged.n, field, choice }] })
  return (
    <>
      <Button small onClick={() => choose('mine')}>
        用文件的
      </Button>
      <Button small onClick={() => choose('theirs')}>
        留现在的
      </Button>
    </>
  )
}

/** Two rows for the same record that say different things: one of them stays out. */
function Which({ n, twin, decide }: { n: number; twin: NonNullable<ShownRow['twin']>; decide: Decide }) {
  const leaveOut = (row: number) => void decide({ left_out: [{ n: row, out: true }] })
  return (
    <>
      <Button small onClick={() => leaveOut(n)}>
        留第 {twin.row} 行
      </Button>
      <Button small onClick={() => leaveOut(twin.n)}>
        留这一行
      </Button>
    </>
  )
}

function Line({ tone, icon, children }: { tone: Tone; icon: 'warning' | 'clash' | 'steps'; children: ReactNode }) {
  return (
    <Toned tone={tone} className={css.said}>
      <Icon name={icon} small />
      <span className="cut">{children}</span>
    </Toned>
  )
}

const quoted = (text: string) => (text === '' ? '空' : `“${text}”`)

/** The line below a row, in the list of `kind`. A row put right says what it is now. */
export function Note({ telling, row, kind }: { telling: NoteProps; row: Row; kind: ShownKind }) {
  const staged = stagedOf(row)
  const { n, cells = {} } = staged
  const { decide, form } = telling
  const labelOf = (field: string) => fieldOf(form, field)?.label ?? ''
  const moved = staged.kind !== kind
  // Of a row that stays out nothing has to be put right.
  const { errors = {}, conflicts = {} } = staged.kind === 'left_out' ? {} : staged
  const leave = (out: boolean) => decide && void decide({ left_out: [{ n, out }] })
  return (
    <p className={classes(css.note, css[moved ? 'moved' : staged.kind])}>
      {moved && staged.kind !== 'wrong' && staged.kind !== 'conflict' && (
        <Toned tone="ok" className={css.said}>
          <Icon name="tick" small />
          {staged.kind === 'left_out' ? '这一行不导入' : `这一行可以了：${kindWords(staged.kind)?.label}`}
        </Toned>
      )}
      {Object.entries(errors).map(([field, sentence]) => {
        const proposal = proposalFor(telling.of, field, staged.values[field])
        return (
          <span key={field}>
            <Line tone="bad" icon="warning">
              {cells[field] ?? labelOf(field)}　{sentence}
            </Line>
            {proposal && <Repair telling={telling} proposal={proposal} />}
          </span>
        )
      })}
      {Object.entries(conflicts).map(([field, { base, theirs }]) => (
        <span key={field}>
          <Line tone="clash" icon="clash">
            {cells[field] ?? labelOf(field)}　{labelOf(field)}现在是{quoted(theirs)}，原来是{quoted(base)}
          </Line>
          <Choices telling={telling} staged={staged} field={field} />
        </span>
      ))}
      {staged.note && !moved && (
        <Line tone={staged.kind === 'left_out' ? 'void' : 'back'} icon="steps">
          {staged.note}
        </Line>
      )}
      {decide && staged.twin && isDoubled(staged) && !moved && <Which n={n} twin={staged.twin} decide={decide} />}
      {!staged.note && staged.kind === 'left_out' && !moved && <span className="muted">您选了不导入这一行</span>}
      <span className="fill" />
      {decide && (staged.kind === 'wrong' || staged.kind === 'conflict') && (
        <LinkButton className={css.deed} onClick={() => leave(true)}>
          不导入这一行
        </LinkButton>
      )}
      {decide && staged.kind === 'left_out' && (
        <LinkButton className={css.deed} onClick={() => leave(false)}>
          还是导入
        </LinkButton>
      )}
    </p>
  )
}

/** Beside the active cell: its fault or dispute, unless the line below the row says it already. */
export function asideOf(telling: NoteProps, row: Row, column: Column, isNoted: boolean): CellAside | undefined {
  const staged = stagedOf(row)
  const error = staged.errors?.[column.name]
  const dispute = staged.conflicts?.[column.name]
  const said = Object.keys(staged.errors ?? {}).length + Object.keys(staged.conflicts ?? {}).length
  if (isNoted && said === 1) return undefined
  if (error) {
    const proposal = proposalFor(telling.of, column.name, staged.values[column.name])
    return {
      tone: 'bad',
      content: (
        <>
          <b>
            <Icon name="warning" small /> {error}
          </b>
          <span>{staged.cells?.[column.name] ?? ''}　直接在这一格改，改好就存。</span>
          {proposal && (
            <p>
              <Repair telling={telling} proposal={proposal} />
            </p>
          )}
        </>
      ),
    }
  }
  if (!dispute) return undefined
  return {
    tone: 'clash',
    content: (
      <>
        <b>
          <Icon name="clash" small /> 导出以后这一格被改过
        </b>
        <dl>
          <dt>导出时</dt>
          <dd>{dispute.base || '（空）'}</dd>
          <dt>现在是</dt>
          <dd>{dispute.theirs || '（空）'}</dd>
          <dt>文件里</dt>
          <dd>{dispute.mine || '（空）'}</dd>
        </dl>
        <p>
          <Choices telling={telling} staged={staged} field={column.name} />
        </p>
      </>
    ),
  }
}
