/** 对应栏目: which column of the file is which of the form, with what stands in it; asked once for each layout. */
import { useMemo, useState } from 'react'
import { type Form, fieldOf } from '../../../server/forms/index.ts'
import { Choose } from '../../parts/Choose.tsx'
import { classes } from '../../parts/classes.ts'
import { columnLetters } from '../../parts/columnLetters.ts'
import { Button, FieldFault, Lines } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Mark, Toned } from '../../parts/states.tsx'
import foot from './Foot.module.css'
import css from './Mapping.module.css'
import type { ImportAnswer, MappedColumn, MappedSheet } from './types.ts'

const unread = ''
type ChosenBySheet = Record<string, Record<number, string | null>>

const targetOf = ({ kind, field, likely }: MappedColumn): string | null =>
  kind === 'unit' ? 'unit_id' : kind === 'field' ? field : (likely ?? null)

/** Columns one may decide about: not those that may not be read, nor those that only tell two records apart. */
const isOpen = ({ kind }: MappedColumn) => kind === 'field' || kind === 'unknown' || kind === 'unit'

function choicesFor(form: Form, taken: ReadonlySet<string>) {
  const fields = form.fields.filter((field) => !field.derived && field.type !== 'attachments')
  return [
    ...fields.map((field) => ({
      value: field.name,
      label: field.label,
      hint: taken.has(field.name) ? '已对应' : field.required ? '必填' : undefined,
    })),
    ...(form.scope === 'unit' ? [{ value: 'unit_id', label: '填报单位' }] : []),
    { value: unread, label: '不读这一列' },
  ]
}

/** What is wrong with the choice for a sheet: a field given twice, a mandatory field not at all. */
function gaps(form: Form, sheet: MappedSheet, target: (column: MappedColumn) => string | null) {
  const taken = sheet.columns.flatMap((column) => target(column) ?? [])
  const labelOf = (name: string) => (name === 'unit_id' ? '填报单位' : (fieldOf(form, name)?.label ?? name))
  const twice = [...new Set(taken.filter((name, at) => taken.indexOf(name) !== at))].map(labelOf)
  const missing = form.fields
    .filter((field) => field.required && !field.derived && field.type !== 'reference' && !taken.includes(field.name))
    .map((field) => field.label)
  return { twice, missing }
}

export function MappingStep({
  of,
  form,
  busy,
  onDone,
  onClose,
}: {
  of: ImportAnswer
  form: Form
  busy: boolean
  onDone: (sheets: { name: string; columns: Record<string, string | null> }[]) => void
  onClose?: (() => void) | undefined
}) {
  const sheets = useMemo(() => (of.mapping?.sheets ?? []).filter(({ columns }) => columns.length > 0), [of.mapping])
  const [chosen, setChosen] = useState<ChosenBySheet>({})
  const target = (sheet: MappedSheet) => (column: MappedColumn) => {
    const own = chosen[sheet.name]?.[column.column]
    return own === undefined ? targetOf(column) : own
  }
  const blocked = sheets.some((sheet) => gaps(form, sheet, target(sheet)).twice.length > 0)

  function done() {
    onDone(
      sheets.map((sheet) => ({
        name: sheet.name,
        columns: Object.fromEntries(
          sheet.columns.filter(isOpen).map((column) => [String(column.column), target(sheet)(column)]),
        ),
      })),
    )
  }
  return (
    <form
      className={css.mapping}
      aria-label="对应栏目"
      onSubmit={(event) => {
        event.preventDefault()
        done()
      }}
    >
      <p className={css.mappingWhy}>
        {of.mapping?.needed && sheets.some(({ is_unnamed }) => is_unnamed)
          ? '没有找到认得的表头。看每一列的内容，选它是哪个栏目；只问这一次，本单位以后同样的表照此办理。'
          : of.mapping?.needed
            ? '有几列看不准是哪个栏目，请对一对。只问这一次，本单位以后同样的表头照此办理。'
            : '文件里的每一列读到哪个栏目。改了以后重新核对，本单位以后同样的表头照此办理。'}
      </p>
      <div className={css.mappingSheets}>
        {sheets.map((sheet) => (
          <SheetColumns
            key={sheet.name}
            sheet={sheet}
            named={sheets.length > 1}
            form={form}
            target={target(sheet)}
            decided={chosen[sheet.name] ?? {}}
            onChoose={(column, name) =>
              setChosen({
                ...chosen,
                [sheet.name]: { ...chosen[sheet.name], [column]: name === unread ? null : name },
              })
            }
          />
        ))}
      </div>
      <footer className={foot.foot}>
        <span className="soft">核对结果还在，什么都没有写入</span>
        <span className="fill" />
        {onClose && (
          <Button large onClick={onClose}>
            不改了
          </Button>
        )}
        <Button kind="primary" large submit disabled={busy || blocked}>
          就按这样核对
        </Button>
      </footer>
    </form>
  )
}

function SheetColumns({
  sheet,
  named,
  form,
  target,
  decided,
  onChoose,
}: {
  sheet: MappedSheet
  named: boolean
  form: Form
  target: (column: MappedColumn) => string | null
  decided: Record<number, string | null>
  onChoose: (column: number, name: string) => void
}) {
  const { twice, missing } = gaps(form, sheet, target)
  const taken = new Set(sheet.columns.flatMap((each) => target(each) ?? []))
  const quoted = (labels: string[]) => labels.map((label) => `“${label}”`).join('、')
  return (
    <section>
      {named && <h2>工作表“{sheet.name}”</h2>}
      <Lines>
        <thead>
          <tr>
            <th>列</th>
            <th>文件里</th>
            <th>这一列的内容</th>
            <th>{form.label}的栏目</th>
            <th>
              <span className="unseen">核对</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sheet.columns.map((column) => (
            <Line
              key={column.column}
              form={form}
              column={column}
              target={target(column)}
              decided={decided[column.column] !== undefined}
              taken={taken}
              onChoose={(name) => onChoose(column.column, name)}
            />
          ))}
        </tbody>
      </Lines>
      {twice.length > 0 && <FieldFault>{quoted(twice)}对应了不止一列，只留一列。</FieldFault>}
      {missing.length > 0 && (
        <p>
          <Toned tone="back" className={css.lack}>
            <Icon name="warning" small />
            还没有对应必填的{quoted(missing)}。文件里没有的话，可以核对后在表里补。
          </Toned>
        </p>
      )}
    </section>
  )
}

function Line({
  form,
  column,
  target,
  decided,
  taken,
  onChoose,
}: {
  form: Form
  column: MappedColumn
  target: string | null
  decided: boolean
  taken: ReadonlySet<string>
  onChoose: (name: string) => void
}) {
  const { heading, samples, kind, sure } = column
  const unsure = !sure && !decided && isOpen(column)
  return (
    <tr className={unsure ? css.unsure : undefined}>
      <td className="muted">{columnLetters(column.column)}</td>
      <td>{heading || <span className="muted">没有表头</span>}</td>
      <td className={classes(css.samples, 'muted')} title={samples.join('　')}>
        {samples.join('　') || '空'}
      </td>
      <td>
        {isOpen(column) ? (
          <Choose
            label={`“${heading || columnLetters(column.column)}”读到哪个栏目`}
            choices={choicesFor(form, taken)}
            chosen={target ?? unread}
            onChoose={onChoose}
          />
        ) : (
          <span className="muted">
            {kind === 'mark'
              ? `${fieldOf(form, column.field ?? '')?.label ?? ''}：${column.choice}`
              : kind === 'beside'
                ? `用来分清${fieldOf(form, column.field ?? '')?.label ?? ''}`
                : kind === 'attachments'
                  ? '文件请在表里上传'
                  : '不收'}
          </span>
        )}
      </td>
      <td>
        {unsure ? (
          <Toned tone="back">
            <Icon name="warning" small />
            请核对
          </Toned>
        ) : (
          decided && <Mark tone="ok">您选的</Mark>
        )}
      </td>
    </tr>
  )
}
