/** One fact that was read: its words, the way to where they stand, and everything about it to be mended in place. */
import { useState } from 'react'
import { Input, LinkButton, Select } from '../../parts/controls.tsx'
import css from './FromNotice.module.css'

export type MendedValue = string | number | boolean | null
/** How one property of a fact is shown and written. */
export type FactField = {
  name: string
  label: string
  value: MendedValue
  type: 'text' | 'number' | 'date' | 'yes' | readonly (readonly [value: string, label: string])[]
  /** Behind 改. */
  isMore?: true
}

type FactLineProps = {
  id: string
  /** What it is called where it is spoken of. */
  label: string
  words: string
  fields: readonly FactField[]
  isShown: boolean
  onShow: () => void
  onMend: (name: string, value: MendedValue) => void
  onDrop?: () => void
}

export function FactLine({ id, label, words, fields, isShown, onShow, onMend, onDrop }: FactLineProps) {
  const [isOpen, setOpen] = useState(false)
  const more = fields.filter(({ isMore }) => isMore)
  return (
    <li data-fact={id} data-shown={isShown ? '' : undefined}>
      <div className={css.line}>
        {fields
          .filter(({ isMore }) => !isMore)
          .map((field) => (
            <Control key={field.name} of={label} field={field} onMend={onMend} />
          ))}
        <span className="fill" />
        {more.length > 0 && (
          <LinkButton aria-expanded={isOpen} aria-label={`改其余：${label}`} onClick={() => setOpen(!isOpen)}>
            改
          </LinkButton>
        )}
        <LinkButton aria-label={`看原文：${label}`} onClick={onShow}>
          原文
        </LinkButton>
        {onDrop && (
          <LinkButton aria-label={`去掉：${label}`} onClick={onDrop}>
            去掉
          </LinkButton>
        )}
      </div>
      {words && <p className="soft">{words}</p>}
      {isOpen && (
        <div className={css.more}>
          {more.map((field) => (
            <Control key={field.name} of={label} field={field} onMend={onMend} isNamed />
          ))}
        </div>
      )}
    </li>
  )
}

type ControlProps = { of: string; field: FactField; onMend: FactLineProps['onMend']; isNamed?: boolean }

/** `isNamed`: its label stands before it. */
function Control({ of, field: { name, label, value, type }, onMend, isNamed }: ControlProps) {
  const said = `${label}：${of}`
  const control =
    type === 'yes' ? (
      <label className={css.yes}>
        <input
          type="checkbox"
          aria-label={said}
          checked={value === true}
          onChange={({ target }) => onMend(name, target.checked)}
        />
        {!isNamed && label}
      </label>
    ) : typeof type === 'string' ? (
      <Input
        small
        className={css[type]}
        type={type === 'number' ? 'number' : type}
        min={type === 'number' ? 0 : undefined}
        aria-label={said}
        value={value === null ? '' : String(value)}
        onChange={({ target }) =>
          onMend(
            name,
            type === 'text'
              ? target.value
              : target.value === ''
                ? null
                : type === 'number'
                  ? Number(target.value)
                  : target.value,
          )
        }
      />
    ) : (
      <Select
        small
        className={css.choice}
        aria-label={said}
        value={String(value)}
        onChange={({ target }) => onMend(name, target.value)}
      >
        {type.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </Select>
    )
  return isNamed ? (
    <div className={css.named}>
      <span className="soft">{label}</span>
      {control}
    </div>
  ) : (
    control
  )
}
