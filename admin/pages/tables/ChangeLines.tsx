/** Changes as lines: a heading a day, then time, person, action, the row, and each field old → new. */

import { Fragment, useState } from 'react'
import { LinkBase as Link } from 'react-admin'
import type { HistoryEntry } from '../../../server/records/history.ts'
import { useForms } from '../../forms.ts'
import { useDensity } from '../../layout/looks.ts'
import type { Me } from '../../me.ts'
import { classes } from '../../parts/classes.ts'
import { LinkButton } from '../../parts/controls.tsx'
import { actionWord, differencesOf, formWord, reasonOf, statusAfter } from '../../parts/history.tsx'
import { rowsAt } from '../../parts/links.ts'
import { Mark, toneOf } from '../../parts/states.tsx'
import { daysBetween, moment, weekday } from '../../parts/words.ts'
import { formOf, keyOf, type RecordName } from './change_rows.ts'
import css from './list.module.css'

const CELLS_IN_LINE = 4

export type ChangeAuthor = { id: number; name: string; username: string }

type RowsProps = {
  me: Me
  changes: readonly HistoryEntry[]
  names: ReadonlyMap<string, RecordName>
  people: readonly ChangeAuthor[]
  seesMany: boolean
}

function dayWords(on: string, now: string) {
  const [year, month, date] = on.split('-').map(Number)
  const ago = daysBetween(on, now)
  const near = ago === 0 ? '今天' : ago === 1 ? '昨天' : ''
  return { words: `${year} 年 ${month} 月 ${date} 日`, near: [weekday(on), near].filter(Boolean).join('　') }
}

export function Rows({ me, changes, names, people, seesMany }: RowsProps) {
  const { height } = useDensity()
  const columns = seesMany ? 7 : 6
  // Changes are told by the real clock, which a rehearsed campaign's day does not follow.
  const now = moment(new Date().toISOString()).slice(0, 10)
  const days = changes.map(({ at }) => moment(at).slice(0, 10))
  return (
    <table className={css.rows} style={{ '--row': `${height}px` } as React.CSSProperties}>
      <colgroup>
        <col style={{ width: 76 }} />
        <col style={{ width: 92 }} />
        {seesMany && <col style={{ width: 76 }} />}
        <col style={{ width: 136 }} />
        <col style={{ width: 250 }} />
        <col />
        <col style={{ width: 84 }} />
      </colgroup>
      <thead>
        <tr>
          <th>时间</th>
          <th>人</th>
          {seesMany && <th>单位</th>}
          <th>动作</th>
          <th>记录</th>
          <th>改了什么</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {changes.map((each, at) => {
          const on = days[at] ?? ''
          const { words, near } = dayWords(on, now)
          return (
            <Fragment key={each.id}>
              {on !== days[at - 1] && (
                <tr className={css.day}>
                  <th colSpan={columns} scope="rowgroup">
                    {words}
                    <span>{near}</span>
                  </th>
                </tr>
              )}
              <Row me={me} change={each} named={names.get(keyOf(each))} people={people} seesMany={seesMany} />
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}

type RowProps = Omit<RowsProps, 'changes' | 'names'> & { change: HistoryEntry; named: RecordName | undefined }

function Row({ me, change, named, people, seesMany }: RowProps) {
  const [open, setOpen] = useState(false)
  const forms = useForms()
  const differences = differencesOf(forms, change)
  const isNew = change.action === 'create'
  const told = isNew ? differences.filter(({ after }) => after) : differences
  const reason = reasonOf(change)
  return (
    <tr className={open ? css.open : undefined}>
      <td className="muted" title={moment(change.at)}>
        {moment(change.at).slice(11)}
      </td>
      <td>{change.actor ?? <span className="muted">系统</span>}</td>
      {seesMany && <td>{change.unit_id_label}</td>}
      <td>
        <Mark tone={toneOf(statusAfter[change.action] ?? 'submitted')}>{actionWord(change.action, change.form)}</Mark>
        {change.import_id !== null && me.role !== 'cac' && (
          <>
            {' '}
            <Link to={`/imports/${change.import_id}/show`}>导入 {change.import_id}</Link>
          </>
        )}
      </td>
      <td>
        <span className={classes('muted', css.formWord)}>{formWord(forms, change.form)}　</span>
        <Name change={change} named={named} people={people} />
      </td>
      <td className={css.changeWords}>
        {reason && <span className="soft">“{reason}”</span>}
        {told.slice(0, open ? undefined : CELLS_IN_LINE).map(({ name, label, before, after }) => (
          <span key={name} className={css.each} title={isNew ? after : `${before || '空'} → ${after || '空'}`}>
            <span className="soft">{label}</span> {!isNew && <s>{before || '空'}</s>}
            {!isNew && ' → '}
            <b>{after || '空'}</b>
          </span>
        ))}
      </td>
      <td className="number">
        {told.length > CELLS_IN_LINE && (
          <LinkButton aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? '收起' : `共 ${told.length} 栏`}
          </LinkButton>
        )}
      </td>
    </tr>
  )
}

/** The row's name as a link to it, or to the 回收站 where it lies now. */
function Name({
  change,
  named,
  people,
}: {
  change: HistoryEntry
  named: RecordName | undefined
  people: readonly ChangeAuthor[]
}) {
  const form = useForms()[formOf(change)]
  if (change.form === 'users') {
    const user = people.find(({ id }) => id === change.row_id)
    return <Link to={`/users?open=${change.row_id}`}>{user?.name ?? `编号 ${change.row_id}`}</Link>
  }
  if (form && change.row_count) return <span>{change.row_count.toLocaleString('en')} 行</span>
  if (!form || change.row_id === null) return null
  const told = change.after?.[form.names] ?? change.before?.[form.names]
  const name = named?.name || (typeof told === 'string' && told) || `编号 ${change.row_id}`
  if (!named) return <span>{name}</span>
  if (named.deleted)
    return (
      <Link to={`/bin?form=${form.name}`} title="现在在回收站">
        <s>{name}</s>
      </Link>
    )
  return (
    <Link to={rowsAt(form.name, {}, { open: change.row_id })} title={name}>
      {name}
    </Link>
  )
}
