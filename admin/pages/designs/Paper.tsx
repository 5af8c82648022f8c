/** The paper as it will print: a picture of the very layout that the workbook is drawn from, black on white at any hour. */
import { type CSSProperties, useMemo } from 'react'
import type { Form } from '../../../server/forms/index.ts'
import { headingCells, piecesOf, totalWordsOver } from '../../../server/forms/paper/cells.ts'
import { formColumns } from '../../../server/forms/paper/columns.ts'
import { type LayoutLine, type SheetLayout, visible, widthOf } from '../../../server/forms/paper/layout.ts'
import { formLayout } from '../../../server/forms/paper/printed.ts'
import { heights } from '../../../server/forms/paper/styles.ts'
import { classes } from '../../parts/classes.ts'
import css from './Paper.module.css'

/** Empty rows that are drawn; the paper itself has as many as its first page takes. */
const DRAWN_ROWS = 4
const CHARACTER_POINTS = 6
/** As large as on paper, and no larger. */
const REAL_POINT_PX = 1.33

/** Points as a share of the paper's width, so that all of it grows and shrinks together. */
const points = (of: number) => `calc(${of} * var(--pt))`

export function Paper({ form, year, marked }: { form: Form; year: number; marked: string | null }) {
  const columns = useMemo(() => formColumns(form, { sees: () => true, with_unit: false }), [form])
  const reported = { unit: '', by: '', on: '' }
  const layout = formLayout({ form, columns, year, reported, to_fill: true })
  const width = widthOf(visible(layout.columns))
  // 序号 stands before the columns of the form
  const at = columns.findIndex(({ source }) => source.from === 'field' && source.field.name === marked) + 1
  return (
    <figure className={css.paper} aria-label="纸面">
      <table
        className={css.table}
        style={
          {
            '--pt': `min(${REAL_POINT_PX}px, 100cqw / ${width * CHARACTER_POINTS})`,
            width: points(width * CHARACTER_POINTS),
            fontSize: points(layout.size),
          } as CSSProperties
        }
      >
        <colgroup>
          {layout.columns.map((column, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name on paper
            <col key={index} style={{ width: `${(column.width / width) * 100}%` }} />
          ))}
        </colgroup>
        <thead>
          {layout.lines.map((line) => (
            <Line key={`${line.style}${line.text}`} line={line} layout={layout} />
          ))}
          <Heading layout={layout} marked={at} />
        </thead>
        <tbody>
          {Array.from({ length: Math.min(DRAWN_ROWS, layout.blank_rows) }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: empty rows are their numbers
            <tr key={row} style={{ height: points(layout.row_height) }}>
              {layout.columns.map((_column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name on paper
                <td key={index} className={classes(css.cell, index === at && at > 0 && css.marked)}>
                  {index === 0 ? row + 1 : ''}
                </td>
              ))}
            </tr>
          ))}
          {layout.total !== undefined && <Total layout={layout} words={layout.total} marked={at} />}
        </tbody>
        <tfoot>
          {layout.foot.map((text) => (
            <tr key={text} style={{ height: points(heights.sign_off) }}>
              <td colSpan={layout.columns.length}>{text}</td>
            </tr>
          ))}
        </tfoot>
      </table>
      <figcaption className={css.said}>
        A4 {layout.landscape ? '横向' : '纵向'}，每页 {layout.blank_rows} 行，{columns.length} 栏
      </figcaption>
    </figure>
  )
}

function Line({ line, layout }: { line: LayoutLine; layout: SheetLayout }) {
  return (
    <tr style={{ height: points(line.height), fontSize: points(line.size) }}>
      {piecesOf(line, layout.columns).map(({ from, to, text }) => (
        <td key={from} colSpan={to - from + 1} className={line.style === 'title' ? css.title : css.line}>
          {text}
        </td>
      ))}
    </tr>
  )
}

function Heading({ layout, marked }: { layout: SheetLayout; marked: number }) {
  const cells = headingCells(layout)
  return layout.heading.map((height, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the heading's rows are their numbers
    <tr key={row} style={{ height: points(height) }}>
      {cells
        .filter(({ top }) => top === row)
        .sort((a, b) => a.from - b.from)
        .map(({ from, to, top, bottom, text, column }) => (
          <th
            key={`${from} ${top}`}
            colSpan={to - from + 1}
            rowSpan={bottom - top + 1}
            className={classes(css.cell, column && from === marked && marked > 0 && css.marked)}
          >
            {column?.required && <span className={css.star}>*</span>}
            {text}
          </th>
        ))}
    </tr>
  ))
}

function Total({ layout, words, marked }: { layout: SheetLayout; words: string; marked: number }) {
  const over = layout.total_style.merged ? totalWordsOver(layout.columns, words) : 1
  return (
    <tr style={{ height: points(layout.row_height) }}>
      <td className={css.cell} colSpan={over}>
        {words}
      </td>
      {layout.columns.slice(over).map((_column, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name on paper
        <td key={index} className={classes(css.cell, index + over === marked && css.marked)} />
      ))}
    </tr>
  )
}
