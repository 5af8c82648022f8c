/** The answer first: how many rows are what; then every cell at fault, equal ones together, with its address. */
import { type ReactNode, useState } from 'react'
import { type Field, type Form, fieldOf } from '../../../server/forms/index.ts'
import { Tabs } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Mark } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import type { CellError, Import } from './types.ts'

const shownPlaces = 8

type Group = { key: string; field: string | null; message: string; cells: string[] }

/** Equal faults stand together: one sentence, all its cells. */
function grouped(errors: readonly CellError[], placed: (cell: string) => string): Group[] {
  const groups = new Map<string, Group>()
  for (const { cell: address, field, message } of errors) {
    const cell = placed(address)
    const key = `${field} ${message}`
    const known = groups.get(key)
    if (known) known.cells.push(cell)
    else groups.set(key, { key, field, message, cells: [cell] })
  }
  return [...groups.values()]
}

type Kind = 'errors' | 'repeated' | 'warnings'

export function Findings({ of, form }: { of: Import; form: Form }) {
  const errors = of.errors ?? []
  const duplicates = of.duplicates ?? []
  const warnings = of.warnings ?? []
  // With one sheet its name says nothing: F7 instead of 宣传员!F7.
  const placed = (cell: string) => (of.sheets?.length === 1 ? cell.replace(/^.*!/, '') : cell)
  const [chosen, choose] = useState<Kind | null>(null)
  const kind: Kind = chosen ?? (errors.length > 0 ? 'errors' : duplicates.length > 0 ? 'repeated' : 'warnings')
  return (
    <>
      <Counts of={of} />
      <Ratio of={of} />
      <div className="import-tabs">
        <Tabs
          label="核对发现"
          chosen={kind}
          onChoose={(key) => choose(key as Kind)}
          tabs={[
            { key: 'errors', label: '要改的格', count: of.error_count ?? 0 },
            { key: 'repeated', label: '重复的行', count: of.repeated ?? 0 },
            { key: 'warnings', label: '提醒', count: warnings.length },
          ]}
        />
      </div>
      <div className="import-list">
        {kind === 'errors' && (
          <Errors groups={grouped(errors, placed)} form={form} total={of.error_count ?? 0} listed={errors.length} />
        )}
        {kind === 'repeated' && (
          <List empty="文件里没有重复的行。">
            {duplicates.map((each) => (
              <tr key={each.cell}>
                <td>
                  <Mark tone="back">{each.kind === 'identical' ? '重复' : '重复，内容不同'}</Mark>
                </td>
                <td className="cell">{placed(each.cell)}</td>
                <td>{each.message}</td>
              </tr>
            ))}
          </List>
        )}
        {kind === 'warnings' && (
          <List empty="没有要提醒的。">
            {warnings.map((each) => (
              <tr key={`${each.cell} ${each.message}`}>
                <td>
                  <Mark tone="back">提醒</Mark>
                </td>
                <td className="cell">{each.cell ? placed(each.cell) : each.sheet}</td>
                <td>{each.message}</td>
              </tr>
            ))}
          </List>
        )}
      </div>
    </>
  )
}

function Counts({ of }: { of: Import }) {
  return (
    <ul className="import-counts">
      <li>
        全部 <b>{count(of.rows ?? of.rows_total)}</b>
      </li>
      <li className="state ok">
        <Icon name="plus" small />
        新增 <b>{count(of.create)}</b>
      </li>
      <li className="state sent">
        <Icon name="twice" small />
        更新 <b>{count(of.update)}</b>
      </li>
      <li className="state draft">
        <Icon name="tick" small />
        不变 <b>{count(of.unchanged)}</b>
      </li>
      <li className="state back">
        <Icon name="steps" small />
        重复 <b>{count(of.repeated)}</b>
      </li>
      <li className="state bad">
        <Icon name="warning" small />
        错误 <b>{count(of.wrong)}</b>
      </li>
    </ul>
  )
}

/** The same as a band: how much of the file is what. */
function Ratio({ of }: { of: Import }) {
  const parts = [
    ['ok', of.create],
    ['sent', of.update],
    ['draft', of.unchanged],
    ['back', of.repeated],
    ['bad', of.wrong],
  ] as const
  return (
    <div className="import-ratio" aria-hidden="true">
      {parts.map(([tone, rows]) =>
        rows ? <i key={tone} style={{ flexGrow: rows, background: `var(--${tone})` }} /> : null,
      )}
    </div>
  )
}

function List({ empty, children }: { empty: string; children: ReactNode[] }) {
  if (children.length === 0) return <p className="notice">{empty}</p>
  return (
    <table className="lines">
      <tbody>{children}</tbody>
    </table>
  )
}

function Errors({ groups, form, total, listed }: { groups: Group[]; form: Form; total: number; listed: number }) {
  const labelOf = (name: string | null) => {
    const field: Field | undefined = name ? fieldOf(form, name) : undefined
    return field?.label ?? ''
  }
  return (
    <>
      <List empty="没有要改的格，可以写入。">
        {groups.map((group) => (
          <tr key={group.key} className="wrong">
            <td>
              <Mark tone="bad">{group.cells.length > 1 ? `${count(group.cells.length)} 格` : '错误'}</Mark>
            </td>
            <td className="cell" title={group.cells.join('、')}>
              {group.cells.slice(0, shownPlaces).join('、')}
              {group.cells.length > shownPlaces && ` 等 ${count(group.cells.length)} 格`}
            </td>
            <td>
              <span className="soft">{labelOf(group.field)}</span>　{group.message}
            </td>
          </tr>
        ))}
      </List>
      {total > listed && (
        <p className="notice">
          只列出前 {count(listed)} 格，还有 {count(total - listed)} 格；下载错误表，可以一起改。
        </p>
      )}
    </>
  )
}
