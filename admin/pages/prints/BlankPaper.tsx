/** A one-page form as it stands, each blank marked with what will fill it. */
import { useEffect, useRef } from 'react'
import type { PrintBlank, PrintColumn } from '../../../server/forms/index.ts'
import type { Block, Table, TableCell } from '../../../server/proposals/notice/document.ts'
import { columnLetters } from '../../parts/columnLetters.ts'
import { MergedTable } from '../../parts/MergedTable.tsx'
import css from './Prints.module.css'

type BlankPaperProps = {
  paper: readonly Block[]
  blanks: readonly PrintBlank[]
  columns: readonly PrintColumn[]
  /** The place of the blank one is on. */
  shown: string | null
  onShow: (at: string) => void
}

export function BlankPaper({ paper, ...rest }: BlankPaperProps) {
  const place = useRef<HTMLElement>(null)
  const { shown } = rest
  useEffect(() => {
    if (shown !== null) place.current?.querySelector('[data-shown]')?.scrollIntoView({ block: 'nearest' })
  }, [shown])
  return (
    <section ref={place} className={css.sheet} aria-label="纸面">
      {paper.map((block) =>
        block.kind === 'table' ? (
          <PaperTable key={block.id} table={block} {...rest} />
        ) : (
          <p key={`段${block.n}`}>
            {block.text}
            <BlanksAt at={`段${block.n}`} {...rest} />
          </p>
        ),
      )}
    </section>
  )
}

function PaperTable({ table, ...rest }: { table: Table } & Omit<BlankPaperProps, 'paper'>) {
  const placeOf = ({ row, column }: TableCell) => `${table.id}!${columnLetters(column)}${row + 1}`
  return (
    <MergedTable table={table}>
      {(cell) => (
        <>
          {cell.text}
          <BlanksAt at={placeOf(cell)} {...rest} />
        </>
      )}
    </MergedTable>
  )
}

/** The blanks of a cell or a line: one, or several behind the colons in it. */
function BlanksAt({ at, blanks, columns, shown, onShow }: { at: string } & Omit<BlankPaperProps, 'paper'>) {
  return blanks
    .filter((blank) => blank.at === at || blank.at.startsWith(`${at}#`))
    .map((blank) => {
      const column = columns.find(({ name }) => name === blank.field)
      const words = column?.label ?? '不填'
      return (
        <button
          key={blank.at}
          type="button"
          className={css.blank}
          data-open={column ? undefined : ''}
          data-shown={shown === blank.at ? '' : undefined}
          aria-label={`${blank.label}：${words}`}
          onClick={() => onShow(blank.at)}
        >
          {blank.at.includes('#') ? `${blank.label}：${words}` : words}
        </button>
      )
    })
}
