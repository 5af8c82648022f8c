/** One part of the next year: its lines, each of which may be left out where the campaign can do without it. */
import type { ReactNode } from 'react'
import { classes } from '../../parts/classes.ts'
import { Checkbox } from '../../parts/controls.tsx'
import { type Choices, toggled, type YearChange } from './choices.ts'
import css from './NewYear.module.css'

type ChangesProps = {
  label: string
  head?: ReactNode
  changes: readonly YearChange[]
  choices: Choices
  onChange: (choices: Choices) => void
}

export function Changes({ label, head, changes, choices, onChange }: ChangesProps) {
  if (changes.length === 0 && !head) return null
  return (
    <tbody>
      <tr className={css.part}>
        <th colSpan={5} scope="rowgroup">
          <div>
            {label}
            <span className="fill" />
            {head}
          </div>
        </th>
      </tr>
      {changes.map(({ name, was, is, note, choice }) => {
        const isKept = !choice || choice.of === 'joining' || !choices[choice.of].includes(choice.value)
        return (
          <tr key={name} className={isKept ? undefined : css.out}>
            <td className={css.tick}>
              {choice && (
                <Checkbox
                  aria-label={`带过来：${name}`}
                  checked={isKept}
                  onChange={() => onChange(toggled(choices, choice.of, choice.value))}
                />
              )}
            </td>
            <td className={css.name}>{name}</td>
            <td className="soft">{was}</td>
            <td>{was === is ? <span className="soft">不变</span> : <b>{is}</b>}</td>
            <td className={classes(css.said, 'muted')}>{note}</td>
          </tr>
        )
      })}
    </tbody>
  )
}
