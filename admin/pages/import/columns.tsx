/** The columns of a form over the rows of a file: the same readers and editors, but what stands in a cell is text. */
import {
  type Field,
  type Form,
  type Row as FormRow,
  fieldOf,
  printField,
  readField,
  targetOf,
} from '../../../server/forms/index.ts'
import { columnsOf, type Setting } from '../../columns.tsx'
import type { Column, Row, RowState } from '../../grid/index.ts'
import { Icon } from '../../parts/icons.tsx'
import { shown } from '../../parts/shown.ts'
import { Toned } from '../../parts/states.tsx'
import { checkOf } from '../../rules.ts'
import css from './columns.module.css'
import { kindWords } from './kinds.ts'
import { stagedOf } from './staged.ts'
import type { ImportAnswer, ShownRow } from './types.ts'

/** Fields to show: those of the file, those that must be filled, those at fault somewhere. */
function fieldsIn(form: Form, of: ImportAnswer): Set<string> {
  const mapped = of.mapping?.sheets.flatMap(({ columns }) => columns.flatMap(({ field }) => field ?? [])) ?? []
  const read = of.sheets?.flatMap(({ columns }) => columns.map(({ field }) => field)) ?? []
  const faulty = of.errors?.flatMap(({ field }) => field ?? []) ?? []
  const required = form.fields.flatMap((field) => (field.required ? field.name : []))
  return new Set([...mapped, ...read, ...faulty, ...required])
}

/** A text as a cell shows it: understood if it can be, as it stands if not. */
function pretty(field: Field, text: string, year: number, row: Row): string {
  if (text === '' || field.type === 'reference') return text
  const parsed = readField(field, text, { year })
  return 'error' in parsed ? text : shown(field, parsed.value, row)
}

function Cell({ field, staged, text, year }: { field: Field; staged: ShownRow; text: string; year: number }) {
  const now = pretty(field, text, year, {})
  const dispute = staged.conflicts?.[field.name]
  const old = staged.before?.[field.name]
  if (dispute)
    return (
      <>
        <i className={css.soft}>文件 </i>
        {pretty(field, dispute.mine, year, {}) || '空'}
      </>
    )
  if (old !== undefined && staged.kind === 'update')
    return (
      <span className={css.change}>
        <s>{pretty(field, old, year, {}) || '空'}</s>
        <i> → </i>
        <b>{now || '空'}</b>
      </span>
    )
  if (now === '' && staged.errors?.[field.name]) return <i className={css.soft}>空</i>
  return field.type === 'reference' && !staged.errors?.[field.name] ? (
    <span className="grid-reference">{now}</span>
  ) : (
    now
  )
}

function stagedColumn(setting: Setting, column: Column, field: Field, open: boolean, changes: boolean): Column {
  const { year } = setting.campaign
  const asText = (label: string) => ({ value: label, label })
  // A number that changes needs room for both.
  const widened = column.type === 'number' && changes ? Math.max(column.width ?? 0, 136) : column.width
  return {
    ...column,
    ...(widened !== undefined && { width: widened }),
    choices: column.choices?.map((option) => ({ ...option, ...asText(option.label) })),
    ...(column.suggest && {
      suggest: async (text: string, row: Row) =>
        ((await column.suggest?.(text, row)) ?? []).map((option) => ({ ...option, ...asText(option.label) })),
    }),
    read(text) {
      if (field.type === 'reference') return { value: text.trim(), label: text.trim() }
      const parsed = readField(field, text, { year })
      if ('error' in parsed) return parsed
      return { value: parsed.value === null ? null : printField(field, parsed.value) }
    },
    print: (value, row) => pretty(field, String(value ?? ''), year, row),
    copy: (value) => String(value ?? ''),
    render: (value, row) => <Cell field={field} staged={stagedOf(row)} text={String(value ?? '')} year={year} />,
    editable: () => open && setting.rights.fields_writable.includes(field.name),
    filterable: false,
    sortable: false,
  }
}

const kindColumn: Column = {
  name: 'kind',
  label: '结果',
  type: 'choice',
  width: 82,
  frozen: true,
  filterable: false,
  sortable: false,
  read: () => ({ error: '这一栏不能直接改。' }),
  print: (_value, row) => kindWords(stagedOf(row).kind)?.label ?? '',
  render: (_value, row) => {
    const words = kindWords(stagedOf(row).kind)
    return (
      words && (
        <Toned tone={words.tone}>
          <Icon name={words.icon} small />
          {words.label}
        </Toned>
      )
    )
  },
  editable: () => false,
}

const sheetColumn: Column = {
  ...kindColumn,
  name: 'sheet',
  label: '工作表',
  type: 'text',
  width: 96,
  print: (_value, row) => stagedOf(row).sheet,
  render: (_value, row) => stagedOf(row).sheet,
}

/** Where the file names the unit of each row, or names one that does not exist. */
const unitColumn = (open: boolean): Column => ({
  ...kindColumn,
  name: 'unit_id',
  label: '填报单位',
  type: 'text',
  width: 140,
  frozen: false,
  read: (text) => ({ value: text.trim() }),
  print: (value) => String(value ?? ''),
  render: (value) => String(value ?? ''),
  editable: () => open,
})

const namesUnits = (of: ImportAnswer) =>
  of.mapping?.sheets.some(({ columns }) => columns.some(({ kind }) => kind === 'unit')) ||
  of.errors?.some(({ field }) => field === 'unit_id')

/** `open`: cells may be corrected. */
export function stagedColumns(setting: Setting, of: ImportAnswer, open: boolean): Column[] {
  const wanted = fieldsIn(setting.form, of)
  const many = (of.sheets ?? []).filter((sheet) => sheet.rows > 0).length > 1
  const fields = columnsOf(setting, false).flatMap((column) => {
    const field = fieldOf(setting.form, column.name)
    return field && !field.derived && field.type !== 'attachments' && wanted.has(field.name)
      ? [stagedColumn(setting, column, field, open, (of.update ?? 0) > 0)]
      : []
  })
  const units = setting.form.scope === 'unit' && namesUnits(of) ? [unitColumn(open)] : []
  return [kindColumn, ...(many ? [sheetColumn] : []), ...units, ...fields]
}

/** The form's rules over a row of texts: names of records that rules look at become those records first. */
export function stagedCheck(setting: Setting): (row: Row) => Record<string, string> {
  const { form, brought, campaign } = setting
  const check = checkOf(setting)
  const byName = new Map(
    form.fields.flatMap((field) => {
      const names = field.brings && targetOf(form, field)?.names
      const rows = [...(brought[field.name]?.values() ?? [])]
      return names ? [[field.name, new Map(rows.map((row) => [String(row[names]), row.id]))] as const] : []
    }),
  )
  return (row) => {
    const values: FormRow = {}
    for (const field of form.fields) {
      const text = row[field.name]
      if (field.derived || text === undefined || text === null || text === '') continue
      const parsed = readField(field, text, { year: campaign.year })
      if ('value' in parsed) values[field.name] = byName.get(field.name)?.get(String(text)) ?? parsed.value
    }
    return check(values)
  }
}

/** How a row looks: what is wrong with it, what is in dispute, whether it is left out. */
export function stagedState(open: boolean): (row: Row) => RowState {
  return (row) => {
    const { kind, errors, conflicts } = stagedOf(row)
    return {
      locked: !open || kind === 'left_out',
      struck: kind === 'left_out',
      faults: kind === 'left_out' ? {} : (errors ?? {}),
      disputes: Object.fromEntries(
        Object.entries(kind === 'left_out' ? {} : (conflicts ?? {})).map(([name, { base, theirs, mine }]) => [
          name,
          `原来是“${base || '空'}”，现在是“${theirs || '空'}”，文件里是“${mine || '空'}”。`,
        ]),
      ),
    }
  }
}
