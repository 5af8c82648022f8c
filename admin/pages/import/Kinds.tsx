/** The answer first: how many rows are what, as tabs and as a band. */

import type { ReactNode } from 'react'
import { Lines } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Toned } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import css from './Kinds.module.css'
import { countOf, kinds } from './kinds.ts'
import type { ShownKind } from './staged.ts'
import type { ImportAnswer } from './types.ts'

export type KindTab = ShownKind | 'warnings'

export function Kinds({
  of,
  chosen,
  onChoose,
  children,
}: {
  of: ImportAnswer
  chosen: KindTab
  onChoose: (tab: KindTab) => void
  children?: ReactNode
}) {
  const warnings = of.warnings?.length ?? 0
  return (
    <>
      <div className={css.kinds}>
        <nav aria-label="按结果看">
          <button type="button" aria-pressed={chosen === 'all'} onClick={() => onChoose('all')}>
            全部 <b>{count(of.rows ?? of.rows_total)}</b>
          </button>
          {kinds.map(({ kind, label, tone, icon }) => {
            const rows = countOf(of, kind)
            if (kind === 'left_out' && rows === 0 && chosen !== kind) return null
            return (
              <button
                key={kind}
                type="button"
                aria-pressed={chosen === kind}
                className={rows === 0 ? css.none : undefined}
                onClick={() => onChoose(kind)}
              >
                <Toned tone={tone} className={css.mark}>
                  <Icon name={icon} small />
                </Toned>
                {label} <b>{count(rows)}</b>
              </button>
            )
          })}
          {warnings > 0 && (
            <button type="button" aria-pressed={chosen === 'warnings'} onClick={() => onChoose('warnings')}>
              提醒 <b>{count(warnings)}</b>
            </button>
          )}
        </nav>
        <span className="fill" />
        {children}
      </div>
      <div className={css.ratio} aria-hidden="true">
        {kinds.map(({ kind, tone }) => {
          const rows = countOf(of, kind)
          return rows ? <i key={kind} style={{ flexGrow: rows, background: `var(--${toneColour(tone)})` }} /> : null
        })}
      </div>
    </>
  )
}

const toneColour = (tone: string) => (tone === 'void' ? 'line-3' : tone)

/** What is wrong with the table as a whole, which no row can show. */
export function TableErrors({ of }: { of: ImportAnswer }) {
  if (!of.table_errors?.length) return null
  return (
    <div className={css.tableErrors} role="alert">
      {of.table_errors.map(({ cell, message }) => (
        <p key={`${cell} ${message}`}>
          <Toned tone="bad">
            <Icon name="warning" small />
            <b>{placed(of, cell)}</b> {message}
          </Toned>
        </p>
      ))}
      <p className="soft">哪一行写错了就改哪一行，合计跟着重算；合计本身写错了，请在文件里改好，放弃这次导入再上传。</p>
    </div>
  )
}

// With one sheet its name says nothing: F7 instead of 宣传员!F7.
const placed = (of: ImportAnswer, cell: string) => (of.sheets?.length === 1 ? cell.replace(/^.*!/, '') : cell)

/** What the file should be looked at for, although nothing keeps it from being written. */
export function Warnings({ of }: { of: ImportAnswer }) {
  return (
    <div className={css.list}>
      <Lines>
        <tbody>
          {of.warnings?.map((each) => (
            <tr key={`${each.cell} ${each.message}`}>
              <td className={css.cell}>{each.cell ? placed(of, each.cell) : each.sheet}</td>
              <td>{each.message}</td>
            </tr>
          ))}
        </tbody>
      </Lines>
    </div>
  )
}
