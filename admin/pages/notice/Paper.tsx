/** The files of a notice as they stand, with what was found in them marked in place. */
import { useEffect, useRef } from 'react'
import type { FactSource } from '../../../server/proposals/notice/document.ts'
import type { NoticeProposal, ProposedTable } from '../../../server/proposals/notice/proposal.ts'
import css from './FromNotice.module.css'

type PaperProps = { proposal: NoticeProposal; shown: FactSource | undefined }

/** Paragraphs and tables that a fact comes from. */
function placesOf({ days, hosts, targets, shares, campaign }: NoticeProposal): Set<string> {
  const sources = [...days, ...hosts, ...targets].flatMap(({ source, also }) => [source, ...also])
  return new Set([...sources, ...shares.map(({ source }) => source), campaign.source].map(placeOf))
}
const placeOf = ({ file, paragraph, table }: FactSource) => table ?? `${file}#${paragraph}`

export function Paper({ proposal, shown }: PaperProps) {
  const found = placesOf(proposal)
  const at = useRef<HTMLElement>(null)
  const place = shown && placeOf(shown)
  useEffect(() => {
    if (place !== undefined) at.current?.querySelector('[data-shown]')?.scrollIntoView({ block: 'center' })
  }, [place])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section className={css.paper} ref={at} aria-label="文件原文" tabIndex={0}>
      {proposal.documents.map(({ file, blocks }) => (
        <section key={file}>
          <h2>{file}</h2>
          {blocks.map((block) => {
            if (block.kind === 'table') {
              const table = proposal.tables.find(({ id }) => id === block.id)
              return table && <TableAsItStands key={block.id} table={table} isShown={place === block.id} />
            }
            const key = `${file}#${block.n}`
            return (
              <p
                key={key}
                data-found={found.has(key) ? '' : undefined}
                data-shown={place === key ? '' : undefined}
                className={block.is_contents ? 'muted' : undefined}
              >
                {block.text}
              </p>
            )
          })}
        </section>
      ))}
    </section>
  )
}

function TableAsItStands({ table, isShown }: { table: ProposedTable; isShown: boolean }) {
  return (
    <table data-found="" data-shown={isShown ? '' : undefined}>
      <tbody>
        {Array.from({ length: table.rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name
          <tr key={row}>
            {table.cells
              .filter((cell) => cell.row === row)
              .map((cell) => (
                <td key={cell.column} rowSpan={cell.rows} colSpan={cell.columns}>
                  {cell.text}
                </td>
              ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
