/** The left side of an import: the file, what can be put right at once, which of its columns was taken for which. */

import { type ReactNode, useRef } from 'react'
import { type Form, fieldOf } from '../../../server/forms/index.ts'
import { useCampaign } from '../../me.ts'
import { columnLetters } from '../../parts/columnLetters.ts'
import { Lines, LinkButton, Section } from '../../parts/controls.tsx'
import { accepted } from '../../parts/Drop.tsx'
import { Icon } from '../../parts/icons.tsx'
import { ImportState } from '../../parts/imports.tsx'
import { Toned } from '../../parts/states.tsx'
import { count, size, when } from '../../parts/words.ts'
import css from './Found.module.css'
import type { ImportAnswer, MappedColumn, MappedSheet, SheetOutcome } from './types.ts'

export function Found({
  of,
  form,
  onMap,
  onFile,
  children,
}: {
  of: ImportAnswer
  form: Form
  onMap?: (() => void) | undefined
  /** Takes the file again, corrected. */
  onFile?: ((file: File) => void) | undefined
  children?: ReactNode
}) {
  const today = useCampaign()?.today ?? ''
  const sheets = of.sheets ?? []
  // columns that wait for their names are asked for beside, not told here
  const mapped = (of.mapping?.sheets ?? []).filter(({ is_unnamed }) => !(is_unnamed && of.mapping?.needed))
  return (
    <aside className={css.file} aria-label="文件和栏目">
      <h2>文件</h2>
      <p className={css.fileName}>
        <b>{of.file_name}</b>
      </p>
      <p className="soft">
        {size(of.size)}　{of.created_by_label} {when(of.created_at, today)}
      </p>
      <p>
        <ImportState of={of} />
      </p>
      {sheets.map((sheet) => (
        <SheetLines key={sheet.name} sheet={sheet} named={sheets.length > 1} />
      ))}
      {onFile && <Again errors={(of.error_count ?? 0) - (of.table_errors?.length ?? 0)} onFile={onFile} />}
      {children}
      {mapped.some(({ columns }) => columns.length > 0) && (
        <Section title="栏目对应" aside={onMap && <LinkButton onClick={onMap}>修改</LinkButton>}>
          {of.mapping?.remembered && <p className="muted">照上次对应的栏目读取</p>}
          {mapped.map((sheet) => (
            <Columns key={sheet.name} sheet={sheet} form={form} named={mapped.length > 1} />
          ))}
        </Section>
      )}
    </aside>
  )
}

/** The other way to correct: in the person's own workbook, which then goes on with this import. */
function Again({ errors, onFile }: { errors: number; onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  if (errors === 0) return null
  return (
    <p className={css.again}>
      在错误表里改好，拖到这一页就接着这次导入，或
      <LinkButton onClick={() => input.current?.click()}>选择文件</LinkButton>
      <input
        ref={input}
        type="file"
        accept={accepted}
        hidden
        aria-label="改好的错误表"
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) onFile(file)
          event.target.value = ''
        }}
      />
    </p>
  )
}

function SheetLines({ sheet, named }: { sheet: SheetOutcome; named: boolean }) {
  return (
    <>
      {sheet.heading_row !== null && (
        <p className="soft">
          {named && `“${sheet.name}”　`}
          {`${sheet.heading_row > 0 ? `表头在第 ${sheet.heading_row} 行` : '没有表头'}，数据 ${count(sheet.rows)} 行`}
        </p>
      )}
      {sheet.notes.map((note) => (
        <p key={note} className="soft">
          {note}
        </p>
      ))}
    </>
  )
}

function Columns({ sheet, form, named }: { sheet: MappedSheet; form: Form; named: boolean }) {
  if (sheet.columns.length === 0) return null
  return (
    <Lines className={css.mapping}>
      {named && <caption className="muted">“{sheet.name}”</caption>}
      <thead>
        <tr>
          <th>文件里</th>
          <th>
            <span className="unseen">读到</span>
          </th>
          <th>登记</th>
          <th>例</th>
        </tr>
      </thead>
      <tbody>
        {sheet.columns.map((column) => (
          <tr key={column.column} className={isRead(column) ? undefined : css.ignored}>
            <td>{column.heading || `${columnLetters(column.column)} 列`}</td>
            <td>
              <Icon name={isRead(column) ? 'right' : 'cross'} small />
            </td>
            <td>{isRead(column) ? nameOf(column, form) : '不收'}</td>
            <td className="muted cut">{isRead(column) ? column.samples[0] : '—'}</td>
          </tr>
        ))}
      </tbody>
    </Lines>
  )
}

const isRead = ({ kind }: MappedColumn) => kind === 'field' || kind === 'mark' || kind === 'beside' || kind === 'unit'

function nameOf({ kind, field, heading, sure, choice }: MappedColumn, form: Form): ReactNode {
  if (kind === 'unit') return '填报单位'
  const label = fieldOf(form, field ?? '')?.label ?? ''
  if (kind === 'mark') return `${label}：${choice}`
  if (kind === 'beside') return `分清${label}`
  const other = heading.replace(/[\s*＊]/g, '') !== label
  return (
    <>
      {label}
      {other && (
        <Toned tone={sure ? 'ok' : 'back'} className={sure ? css.sure : undefined} title={sure ? undefined : '请核对'}>
          <Icon name={sure ? 'tick' : 'warning'} small />
        </Toned>
      )}
    </>
  )
}
