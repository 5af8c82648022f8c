/** The files of a notice as they stand: the words a fact comes from are marked in place, and lead to the fact when they are pressed. */
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { NoticeProposal, ProposedTable } from '../../../server/proposals/notice/proposal.ts'
import { columnLetters } from '../../parts/columnLetters.ts'
import { MergedTable } from '../../parts/MergedTable.tsx'
import css from './FromNotice.module.css'
import { type FoundWords, foundIn, piecesOf } from './found.ts'

type FoundHere = ReturnType<typeof foundIn> extends Map<string, infer Found> ? Found : never
type PaperProps = { proposal: NoticeProposal; shown: string | undefined; onPick: (fact: string) => void }

export function Paper({ proposal, shown, onPick }: PaperProps) {
  const found = useMemo(() => foundIn(proposal), [proposal])
  const at = useRef<HTMLElement>(null)
  useEffect(() => {
    if (shown !== undefined) at.current?.querySelector('[data-shown]')?.scrollIntoView({ block: 'center' })
  }, [shown])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section className={css.paper} ref={at} aria-label="文件原文" tabIndex={0}>
      {proposal.documents.map(({ file, blocks }) => (
        <section key={file}>
          <h2>{file}</h2>
          {blocks.map((block) => {
            if (block.kind === 'table') {
              const table = proposal.tables.find(({ id }) => id === block.id)
              return (
                table && (
                  <TableAsItStands
                    key={block.id}
                    table={table}
                    found={found.get(block.id) ?? []}
                    shown={shown}
                    onPick={onPick}
                  />
                )
              )
            }
            const key = `${file}#${block.n}`
            const here = found.get(key) ?? []
            return (
              <p key={key} className={block.is_contents ? 'muted' : undefined}>
                <Words text={block.text} found={here} shown={shown} onPick={onPick} />
              </p>
            )
          })}
        </section>
      ))}
    </section>
  )
}

type WordsProps = {
  text: string
  found: readonly FoundWords[]
  shown: string | undefined
  onPick: (fact: string) => void
}

function Words({ text, found, shown, onPick }: WordsProps): ReactNode {
  let from = 0
  return piecesOf(text, found).map(({ text: words, facts: [fact, ...others] }) => {
    const key = from
    from += words.length
    if (fact === undefined) return words
    const isShown = shown !== undefined && [fact, ...others].includes(shown)
    return (
      // the list beside it has a button for each: pressing the words is the short way for the mouse
      // biome-ignore lint/a11y/useKeyWithClickEvents: 原文 in the list leads here and back by the keyboard
      <mark key={key} data-shown={isShown ? '' : undefined} onClick={() => onPick(fact)}>
        {words}
      </mark>
    )
  })
}

type TableProps = { table: ProposedTable; found: FoundHere; shown: string | undefined; onPick: (fact: string) => void }

function TableAsItStands({ table, found, shown, onPick }: TableProps) {
  return (
    <MergedTable table={table} isShown={shown === table.id}>
      {({ row, column, text }) => {
        // A1, as a sheet names its cells
        const address = `${columnLetters(column)}${table.from_row + row + 1}`
        const here = found.filter(({ source }) => source.cell === address)
        return <Words text={text} found={here} shown={shown} onPick={onPick} />
      }}
    </MergedTable>
  )
}
