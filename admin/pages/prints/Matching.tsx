/** The blanks of a paper beside the columns that fill them, to be corrected; the paper itself on the left. */
import { type ReactNode, useState } from 'react'
import { fitsBlank, type PrintBlank, type PrintColumn } from '../../../server/forms/index.ts'
import type { Block } from '../../../server/proposals/notice/document.ts'
import { Select } from '../../parts/controls.tsx'
import { Toned } from '../../parts/states.tsx'
import { BlankPaper } from './BlankPaper.tsx'
import css from './Prints.module.css'

type MatchingProps = {
  paper: readonly Block[]
  blanks: readonly PrintBlank[]
  columns: readonly PrintColumn[]
  onField: (at: string, field: string | null) => void
  children: ReactNode
}

export function Matching({ paper, blanks, columns, onField, children }: MatchingProps) {
  const [shown, setShown] = useState<string | null>(null)
  const open = blanks.filter(({ field }) => field === null).length
  const show = (at: string) => {
    setShown(at)
    document.getElementById(`blank ${at}`)?.focus()
  }
  return (
    <div className={css.sides}>
      <div className={css.paper}>
        <BlankPaper paper={paper} blanks={blanks} columns={columns} shown={shown} onShow={show} />
      </div>
      <section className={css.blanks} aria-label="空格和栏目">
        <p className={css.told}>
          纸上有 {blanks.length} 个空格，{blanks.length - open} 个填登记表的栏目
          {open > 0 && `，${open} 个打印时空着`}。选错了的在这里改。
        </p>
        {blanks.map((blank) => (
          <BlankRow
            key={blank.at}
            blank={blank}
            columns={columns.filter((column) => fitsBlank(blank, column))}
            isShown={shown === blank.at}
            onShow={() => setShown(blank.at)}
            onField={(field) => onField(blank.at, field)}
          />
        ))}
        {children}
      </section>
    </div>
  )
}

const wordsOf = ({ label, group, nth }: PrintBlank) =>
  `${group ? `${group} / ` : ''}${label}${nth === undefined ? '' : `（第 ${nth} 个）`}`

type BlankRowProps = {
  blank: PrintBlank
  columns: readonly PrintColumn[]
  isShown: boolean
  onShow: () => void
  onField: (field: string | null) => void
}

function BlankRow({ blank, columns, isShown, onShow, onField }: BlankRowProps) {
  const words = wordsOf(blank)
  return (
    <div className={css.row} data-shown={isShown ? '' : undefined}>
      <span>
        {words}
        {blank.guessed && (
          <>
            {' '}
            <Toned tone="clash">请看一眼</Toned>
          </>
        )}
      </span>
      <Select
        small
        id={`blank ${blank.at}`}
        aria-label={words}
        value={blank.field ?? ''}
        onFocus={onShow}
        onChange={({ target }) => onField(target.value === '' ? null : target.value)}
      >
        <option value="">不填</option>
        {columns.map(({ name, label, is_read }) => (
          <option key={name} value={name}>
            {label}
            {!is_read && blank.kind !== 'picture' && '（只打印）'}
          </option>
        ))}
      </Select>
    </div>
  )
}
