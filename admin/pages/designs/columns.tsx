/** The columns of the designer's grid: what each asks of a register's column, and what of a built-in one stays as it is. */
import { type FieldDefinition, types } from '../../../server/forms/index.ts'
import type { Column, Row } from '../../grid/index.ts'
import { Icon } from '../../parts/icons.tsx'
import { offeredTypes, readKeys, readTick, readType, readWidth } from './sheet/cells.ts'
import type { DesignRow } from './sheet/sheet.ts'

export const sheetRowOf = (row: Row) => row.sheet_row as DesignRow | undefined

const text = (column: Partial<Column> & Pick<Column, 'name' | 'label'>): Column => ({
  type: 'text',
  icon: '',
  filterable: false,
  sortable: false,
  read: (input) => ({ value: input.trim() || null }),
  print: (value) => String(value ?? ''),
  editable: () => true,
  ...column,
})

const yes = [
  { value: true, label: '是' },
  { value: false, label: '否' },
]

/** A tick: the space bar turns it, 是 and 否 may be typed and pasted. */
const tick = (column: Partial<Column> & Pick<Column, 'name' | 'label'>): Column =>
  text({
    type: 'choice',
    width: 54,
    align: 'center',
    choices: yes,
    read: readTick,
    print: (value) => (value === true ? '是' : ''),
    render: (value) => (value === true ? <Icon name="tick" small /> : null),
    flip: (value) => (value === true ? '否' : '是'),
    ...column,
  })

const isBuiltIn = (row: Row) => sheetRowOf(row)?.builtIn !== undefined
const isOwn = (row: Row) => !isBuiltIn(row)
const isNew = (row: Row) => isOwn(row) && row.is_published !== true

/** What of a built-in column can't be changed, by cell, with the reason. */
export function fixedReason(row: Row, column: string): string | undefined {
  const builtIn = sheetRowOf(row)?.builtIn
  if (!builtIn) {
    const isFixed = row.is_published === true && column === 'name'
    return isFixed ? '发布过的栏目，数据名不再变；要换，请新增一栏。' : undefined
  }
  switch (column) {
    case 'label':
    case 'group':
    case 'hidden':
      return undefined
    case 'required':
      return builtIn.required ? '这一栏必填是规定好的。' : builtIn.derived ? '这一栏由系统统计，不用填。' : undefined
    case 'detail':
      return builtIn.type === 'choice' ? undefined : '原有的栏目只有单选能改可选项。'
    default:
      return '原有的栏目可以改名称、上级表头、次序、必填、可选项，或者不用它；别的不能改。'
  }
}

/** What changed against the register in force. */
const change = text({
  name: 'change',
  label: '变动',
  type: 'other',
  width: 46,
  align: 'center',
  frozen: true,
  editable: () => false,
  read: () => ({ error: '这一栏不用填。' }),
})

const typeLabel = (value: unknown) => types[value as FieldDefinition['type']]?.label ?? ''

export function designColumns(adjusts: boolean): Column[] {
  const own = (name: string) => (row: Row) => fixedReason(row, name) === undefined
  return [
    change,
    text({ name: 'label', label: '栏目', width: 132, frozen: true, note: '纸上和屏幕上的表头' }),
    ...(adjusts
      ? [tick({ name: 'hidden', label: '不用', editable: isBuiltIn, note: '这个年度不用这一栏；已填的留着' })]
      : []),
    text({
      name: 'name',
      label: '数据名',
      width: 132,
      note: '系统里用的名称，由栏目的拼音拟出，发布以后不再变',
      editable: isNew,
    }),
    text({
      name: 'type',
      label: '类型',
      type: 'choice',
      width: 100,
      choices: offeredTypes.map((type) => ({ value: type, label: types[type].label })),
      read: readType,
      print: typeLabel,
      editable: isOwn,
    }),
    tick({ name: 'required', label: '必填', editable: own('required') }),
    text({ name: 'group', label: '上级表头', width: 92, note: '几栏合在一个表头下面时，写那个表头' }),
    text({
      name: 'detail',
      label: '可选项、范围或算法',
      width: 196,
      editable: own('detail'),
      note: '单选写“甲、乙、丙”；数写“1 到 100”或“= 甲 ÷ 乙”；文字写“最多 50 字”；引用写登记表的名称',
    }),
    text({
      name: 'width',
      label: '宽度',
      width: 64,
      align: 'right',
      read: readWidth,
      editable: isOwn,
      note: '纸上占几个字符；不印的写“不印”',
    }),
    tick({ name: 'sum', label: '合计', editable: isOwn }),
    text({
      name: 'unique',
      label: '唯一',
      width: 76,
      read: readKeys,
      editable: isOwn,
      flip: (value) => (value ? '' : '组 1'),
      note: '靠哪几栏认出同一行；同一组的合起来认',
    }),
    tick({ name: 'private', label: '私密', editable: isNew, note: '不该看的人只看到打了星号的' }),
    text({ name: 'synonyms', label: '别名', width: 120, editable: isOwn, note: '收回的表里这一栏还会叫什么' }),
    text({ name: 'note', label: '说明', width: 160, editable: isOwn, note: '给填表人的一句话' }),
  ]
}
