/** A found table as a register of the campaign's own, and what its file leaves open. */
import {
  type FieldDefinition,
  type FormDefinition,
  formOf,
  isFreeRegister,
  proposedName,
  registersOf,
  type Surroundings,
} from '../forms/index.ts'
import type { ReadColumn, ReadColumns } from './columns_read.ts'
import { paperOf } from './paper_of.ts'
import type { SaidOnPaper } from './printed_lines.ts'
import type { Question } from './question.ts'
import type { AnnexTable } from './sheet_tables.ts'

type Own = { form: FormDefinition; questions: Question[] }

const MAX_LABEL_CHARS = 40
const MAX_TITLE_CHARS = 100
const NAMING = /(名称|姓名|题目|标题|主题|全称)$/
const PERSON = /^姓名$/
/** Who is asked, not whom the row is about. */
const CONTACT = /联系|经办|填报|负责/
const PLACE = /(地点|地址)$/
const WORKPLACE = /单位(?!意见)|企业$|公司$/

type RegisterColumn = ReadColumn & { is: 'field' }
export const fieldColumns = (columns: readonly ReadColumn[]): RegisterColumn[] =>
  columns.filter((column): column is RegisterColumn => column.is === 'field')

/** Undefined where too little is a column. */
export function ownRegister(
  table: AnnexTable,
  said: SaidOnPaper,
  { columns, mandatory }: ReadColumns,
  around: Surroundings,
): Own | undefined {
  const own = fieldColumns(columns)
  const naming = namingOf(own)
  if (!naming) return undefined
  const title = (said.title ?? table.sheet).slice(0, MAX_TITLE_CHARS)
  const label = freeLabel(labelOf(title), around)
  const keys = keysOf(own, naming)
  const key = new Set(keys.flat())
  const annex = said.annex ?? null
  const twin = annex === null ? undefined : registersOf(around.forms).find((form) => form.annex === annex)
  const form: FormDefinition = {
    name: proposedName(label, (name) => isTaken(name, around)),
    label,
    title,
    annex: twin ? null : annex,
    measure: measuresOf(title, naming.label)[0] ?? '条',
    scope: 'unit',
    names: naming.field.name,
    fields: own.map(({ field }): FieldDefinition => (key.has(field.name) ? { ...field, required: true } : field)),
    keys,
    rules: [],
    paper: paperOf(table, said, columns, (column) => (column.is === 'field' ? column.field.name : undefined)),
  }
  const questions = [
    ...own.flatMap(doubtsOf),
    ...(mandatory.rule === 'none' ? [mandatoryQuestion(form, mandatory.says)] : []),
    keyQuestion(form, own),
    measureQuestion(form, naming.label),
    ...(twin ? [annexQuestion(annex ?? 0, twin.label, around)] : []),
    ...identityQuestion(form, columns),
    ...unitQuestion(form, columns),
  ]
  return { form, questions }
}

const isTaken = (name: string, around: Surroundings) =>
  !isFreeRegister(name, around) ||
  formOf(around.forms, name) !== undefined ||
  around.columns.some((column) => column.form === name)

/** 线下活动 of “12351+”线下活动统计表. */
function labelOf(title: string): string {
  const words = title
    .replace(/[“"「][^”"」]{0,12}\+[”"」]/g, '')
    .replace(/^\d{4}\s*年度?/, '')
    .replace(/(情况)?(统计|登记|汇总|推荐|申报|报名|信息)*(总?表|表格|名册|花名册|台账|清单)$/, '')
    .replace(/\s+/g, '')
  return [...(words || title)].slice(0, MAX_LABEL_CHARS - 4).join('')
}

function freeLabel(label: string, { forms }: Surroundings): string {
  const isFree = (words: string) => !Object.values(forms).some((form) => form.label === words)
  let free = label
  for (let at = 2; !isFree(free); at++) free = `${label}（${at}）`
  return free
}

/** The column that names a row: 活动名称, 姓名 but not that of whom to ask; else the first one with words. */
function namingOf(own: readonly RegisterColumn[]): RegisterColumn | undefined {
  const fit = own.filter(({ field }) => field.type === 'text' || field.type === 'long_text')
  const main = fit.filter(({ group, label }) => !CONTACT.test(`${group ?? ''}${label}`))
  return main.find(({ label }) => NAMING.test(label)) ?? main[0] ?? fit[0] ?? own.find(canName)
}
const canName = ({ field }: RegisterColumn) =>
  !field.private && ['choice', 'date', 'month', 'integer'].includes(field.type)

/** The likeliest key: a person's phone, else name and workplace; a thing's day, name and place, or its name and whose it is. */
function keysOf(own: readonly RegisterColumn[], naming: RegisterColumn): string[][] {
  const name = naming.field.name
  const others = own.filter((column) => column !== naming)
  const find = (is: (column: RegisterColumn) => boolean) => others.find(is)?.field.name
  if (PERSON.test(naming.label)) {
    const phone = find(
      ({ field, label, group }) => field.type === 'phone' && !/联系人|固定|办公/.test(`${group ?? ''}${label}`),
    )
    const work = find(
      ({ label, field }) => WORKPLACE.test(label) && field.type === 'text' && !/授予|推荐|所在地/.test(label),
    )
    return [...(phone ? [[phone]] : []), [name, ...(work ? [work] : [])]]
  }
  const day = find(({ field }) => field.type === 'date' && !/截止|公示/.test(field.label))
  const place = find(({ label }) => PLACE.test(label))
  const whose = find(({ label, field }) => WORKPLACE.test(label) && field.type === 'text')
  const wanted = day ? [day, name, place] : [name, whose]
  return [wanted.flatMap((each) => each ?? [])]
}

/** What rows may be counted in, the likeliest first. */
function measuresOf(title: string, naming: string): string[] {
  const words = `${naming}${title}`
  if (/姓名|人员|对象|宣传员|达人/.test(words)) return ['名', '人', '条']
  if (/活动|讲座|培训|演出/.test(words)) return ['场', '次', '项']
  if (/作品/.test(words)) return ['件', '幅', '部']
  if (/组织|单位|企业|案例|基地|平台/.test(words)) return ['个', '家', '项']
  return ['条', '项', '个']
}

// Questions ---------------------------------------------------------------------------------------------------------

const labelsOf = (form: FormDefinition, names: readonly string[]) =>
  names.map((name) => form.fields.find((field) => field.name === name)?.label ?? name).join('、')

export const doubtsOf = ({ kind, field, cell }: RegisterColumn): Question[] =>
  kind.doubts.map((doubt) => ({
    ...doubt,
    id: `${field.name}_${doubt.about}`,
    about: `fields.${field.name}.${doubt.about}`,
    from: cell,
  }))

function mandatoryQuestion(form: FormDefinition, says: readonly string[]): Question {
  const proposed = form.fields.flatMap(({ name, required }) => (required ? name : []))
  const free = form.fields.filter(({ name }) => !proposed.includes(name)).map(({ label }) => label)
  const keys = [...new Set(form.keys.flat())]
  const said = says.length > 0 ? `只写了“${says.join('；')}”` : '没有写哪些必填'
  return {
    id: 'required',
    about: 'required',
    says: `表上${said}。必填的是哪些？`,
    options: [
      { value: proposed, label: free.length > 0 ? `除${free.join('、')}外都必填` : '都必填' },
      { value: keys, label: `只有${labelsOf(form, keys)}必填` },
    ],
  }
}

function keyQuestion(form: FormDefinition, own: readonly RegisterColumn[]): Question {
  const named = [form.names]
  const whole = own.filter(({ field }) => field.type === 'text' || field.type === 'date').slice(0, 3)
  const others = [[named], [whole.map(({ field }) => field.name)]].filter(
    (keys) => keys[0]?.length && JSON.stringify(keys) !== JSON.stringify(form.keys),
  )
  const inWords = (keys: readonly (readonly string[])[]) => keys.map((key) => labelsOf(form, key)).join('；或者 ')
  return {
    id: 'keys',
    about: 'keys',
    says: '表上没有写靠什么认出同一行（再次导入、查重用）。',
    options: [form.keys, ...others].map((keys) => ({ value: keys, label: `${inWords(keys)} 都相同，就是同一行` })),
  }
}

function measureQuestion(form: FormDefinition, naming: string): Question {
  return {
    id: 'measure',
    about: 'measure',
    says: '表上没有写一行叫一什么。',
    options: measuresOf(form.title, naming).map((word) => ({ value: word, label: `一${word}` })),
  }
}

function annexQuestion(annex: number, other: string, around: Surroundings): Question {
  const used = new Set(registersOf(around.forms).map((form) => form.annex))
  let free = annex
  while (used.has(free)) free++
  return {
    id: 'annex',
    about: 'annex',
    says: `表上印着附件${annex}，这个年度的附件${annex}已经是“${other}”。`,
    options: [
      { value: null, label: `先不编号（纸面上照印附件${annex}）` },
      { value: free, label: `编为附件${free}` },
    ],
  }
}

function identityQuestion(form: FormDefinition, columns: readonly ReadColumn[]): Question[] {
  return columns.flatMap((column, at): Question[] => {
    if (column.is !== 'hand' || column.why !== 'identity' || !form.paper) return []
    const without = { ...form.paper, columns: form.paper.columns.filter((_, index) => index !== at) }
    return [
      {
        id: `left_out_${column.cell}`,
        about: 'paper',
        says: `“${column.label}”不设栏目：系统不收身份证号，文件里的在收到时就抹去。纸面上的这一列怎么办？`,
        from: column.cell,
        options: [
          { value: form.paper, label: '纸面上照留，打印以后由人手填' },
          { value: without, label: '纸面上也不要' },
        ],
      },
    ]
  })
}

function unitQuestion(form: FormDefinition, columns: readonly ReadColumn[]): Question[] {
  const at = columns.findIndex(({ is }) => is === 'unit')
  const column = columns[at]
  if (!column || !form.paper) return []
  const without = { ...form.paper, columns: form.paper.columns.filter((_, index) => index !== at) }
  return [
    {
      id: 'unit_column',
      about: 'paper',
      says: `“${column.label}”就是填报单位：由系统填，不另设栏目。`,
      from: column.cell,
      options: [
        { value: form.paper, label: '就是填报单位，纸面上照印' },
        { value: without, label: '纸面上不要，一张表都是一个单位的' },
      ],
    },
  ]
}
