/** Values in cells that no longer fit, each with what it is to become: a choice of those that stay, another text, or nothing. */
import type { Conversion } from '../../../server/campaigns/designs/conversions.ts'
import { type Definition, type FieldDefinition, isAdjustment } from '../../../server/forms/index.ts'
import { Input, Lines, Section, Select } from '../../parts/controls.tsx'
import { count } from '../../parts/words.ts'
import { wholeOf } from './designs.ts'
import css from './Replacements.module.css'

type ReplacementsProps = {
  conversions: readonly Conversion[]
  definition: Definition
  onDefinition: (definition: Definition) => void
}

/** Of each choice of the list, what it becomes: a cell of a list says several at once. */
const choicesIn = (field: FieldDefinition, { value }: Conversion) =>
  field.type === 'list' && field.choices ? value.split('、').filter((one) => !field.choices?.includes(one)) : [value]

export function Replacements({ conversions, definition, onDefinition }: ReplacementsProps) {
  const fields = wholeOf(definition)?.fields ?? []
  const lines = conversions.flatMap((conversion) => {
    const field = fields.find(({ name }) => name === conversion.field)
    return field ? choicesIn(field, conversion).map((value) => ({ field, value, rows: conversion.rows })) : []
  })
  const told = lines.filter(
    (line, at) => lines.findIndex(({ field, value }) => field.name === line.field.name && value === line.value) === at,
  )
  if (told.length === 0) return null
  return (
    <Section title="放不下的值" note="这些行现在填的，按新的表单放不下；选好改成什么，存下再检查">
      <Lines>
        <thead>
          <tr>
            <th>栏目</th>
            <th>现在填的</th>
            <th className="number">行</th>
            <th>这些行改为</th>
          </tr>
        </thead>
        <tbody>
          {told.map(({ field, value, rows }) => (
            <tr key={`${field.name} ${value}`}>
              <td>{field.label}</td>
              <td>{value}</td>
              <td className="number">{count(rows)}</td>
              <td>
                <Becomes
                  field={field}
                  value={value}
                  onChange={(becomes) => onDefinition(replaced(definition, field.name, value, becomes))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </Lines>
    </Section>
  )
}

const UNSAID = 'unsaid'
const EMPTY = 'empty'

/** `becomes` undefined: nothing is said, and the rows are mended by hand. */
function Becomes({
  field,
  value,
  onChange,
}: {
  field: FieldDefinition
  value: string
  onChange: (becomes: string | null | undefined) => void
}) {
  const { replace = {}, choices, required, label } = field
  const said = Object.hasOwn(replace, value) ? replace[value] : undefined
  const name = `${label}“${value}”改为`
  if (!choices) {
    return (
      <span className={css.becomes}>
        <Input
          key={String(said)}
          small
          aria-label={name}
          defaultValue={said === undefined || said === null ? '' : String(said)}
          onBlur={({ target }) => target.value.trim() !== '' && onChange(target.value.trim())}
        />
        {!required && (
          <label>
            <input
              type="checkbox"
              checked={said === null}
              onChange={({ target }) => onChange(target.checked ? null : undefined)}
            />{' '}
            清空
          </label>
        )}
      </span>
    )
  }
  return (
    <Select
      small
      aria-label={name}
      value={said === undefined ? UNSAID : said === null ? EMPTY : `=${said}`}
      onChange={({ target }) =>
        onChange(target.value === UNSAID ? undefined : target.value === EMPTY ? null : target.value.slice(1))
      }
    >
      <option value={UNSAID}>先不改</option>
      {!required && <option value={EMPTY}>（清空）</option>}
      {choices.map((choice) => (
        <option key={choice} value={`=${choice}`}>
          {choice}
        </option>
      ))}
    </Select>
  )
}

/** The definition in which a value of a field becomes another one. */
function replaced(definition: Definition, name: string, value: string, becomes: string | null | undefined): Definition {
  const put = (before: FieldDefinition['replace']) => {
    const { [value]: _, ...others } = before ?? {}
    return becomes === undefined ? others : { ...others, [value]: becomes }
  }
  const inField = (field: FieldDefinition) => (field.name === name ? { ...field, replace: put(field.replace) } : field)
  if (!isAdjustment(definition)) return { ...definition, fields: definition.fields.map(inField) }
  if (definition.add?.some((field) => field.name === name)) return { ...definition, add: definition.add.map(inField) }
  return { ...definition, replace: { ...definition.replace, [name]: put(definition.replace?.[name]) } }
}
