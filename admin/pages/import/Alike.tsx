/** 一样的写法，一次改好: equal values nobody understood, with what they might mean; one decision for all of them. */

import { useMemo, useState } from 'react'
import type { Column } from '../../grid/index.ts'
import { Choose } from '../../parts/Choose.tsx'
import { classes } from '../../parts/classes.ts'
import { Button, LinkButton, Section } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Toned } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import css from './Alike.module.css'
import type { Decide } from './Note.tsx'
import type { ImportAnswer, Proposal } from './types.ts'

const SHOWN_AT_ONCE = 6

export function Alike({
  of,
  columns,
  decide,
  deciding,
}: {
  of: ImportAnswer
  columns: readonly Column[]
  decide?: Decide | undefined
  deciding: boolean
}) {
  const [all, setAll] = useState(false)
  const proposals = of.proposals ?? []
  if (proposals.length === 0) return null
  // What waits comes first; what was decided stays below it, so that it can be undone.
  const sorted = [...proposals].sort((a, b) => Number(a.chosen !== null) - Number(b.chosen !== null))
  const open = proposals.filter(({ chosen }) => chosen === null)
  return (
    <Section
      className={css.alike}
      title="一样的写法，一次改好"
      aside={open.length > 0 && <Toned tone="bad">{count(open.length)} 种</Toned>}
    >
      <ul>
        {(all ? sorted : sorted.slice(0, SHOWN_AT_ONCE)).map((proposal) => (
          <One
            key={`${proposal.field} ${proposal.from}`}
            proposal={proposal}
            column={columns.find(({ name }) => name === proposal.field)}
            decide={decide}
            deciding={deciding}
          />
        ))}
      </ul>
      {!all && sorted.length > SHOWN_AT_ONCE && (
        <LinkButton onClick={() => setAll(true)}>还有 {count(sorted.length - SHOWN_AT_ONCE)} 种写法</LinkButton>
      )}
    </Section>
  )
}

function One({
  proposal,
  column,
  decide,
  deciding,
}: {
  proposal: Proposal
  column: Column | undefined
  decide?: Decide | undefined
  deciding: boolean
}) {
  const { field, label, from, count: cells, options, chosen } = proposal
  const [asking, setAsking] = useState(false)
  const best = options[0]
  const choose = (to: string | null) => {
    setAsking(false)
    void decide?.({ replacements: [{ field, from, to }] })
  }
  const suggest = column?.suggest
  const search = useMemo(
    () =>
      suggest &&
      (async (text: string) =>
        (await suggest(text, {})).map((option) => ({
          value: String(option.value),
          label: option.label,
          hint: option.hint,
        }))),
    [suggest],
  )
  const choices = [
    ...options,
    ...(column?.choices ?? [])
      .map((option) => ({ value: String(option.value), label: option.label }))
      .filter(({ value }) => !options.some((each) => each.value === value)),
  ]
  if (chosen !== null)
    return (
      <li className={css.decided}>
        <p>
          “{from}” → <b>{options.find(({ value }) => value === chosen)?.label ?? chosen}</b>
        </p>
        <p>
          <Toned tone="ok">
            <Icon name="tick" small />
            {label} {count(cells)} 处已改
          </Toned>
          {decide && (
            <LinkButton disabled={deciding} onClick={() => choose(null)}>
              撤销
            </LinkButton>
          )}
        </p>
      </li>
    )
  return (
    <li>
      <p>
        {label} <b>“{from}”</b> {count(cells)} 处
      </p>
      {decide && !asking && (
        <p className={css.doing}>
          {best && (
            <Button small className={css.way} disabled={deciding} onClick={() => choose(best.value)}>
              <span className={classes('cut', css.words)}>都改为“{best.label}”</span>
            </Button>
          )}
          <Button small className={css.way} disabled={deciding} onClick={() => setAsking(true)}>
            {best ? '另选' : '选一个'}
          </Button>
        </p>
      )}
      {decide && asking && (
        <Choose
          label={`“${from}”都改为`}
          choices={choices}
          chosen={null}
          search={search}
          onChoose={choose}
          onClose={() => setAsking(false)}
          autoFocus
        />
      )}
    </li>
  )
}
