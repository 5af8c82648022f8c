/** 数据字典, generated from the forms: what each field is called, holds and demands, and what an import recognises. */
import { type UIEvent, useEffect, useState } from 'react'
import { LinkBase as Link } from 'react-admin'
import { type Field, type Form, forms, printField } from '../../../server/forms/index.ts'
import { type Me, rightsOf, useMe } from '../../me.ts'
import { Button, KeptInput, PageHead } from '../../parts/controls.tsx'
import { download } from '../../parts/links.ts'
import { registerStates, State, workStates } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { useAddress } from './address.ts'
import { keysOf, pointersTo, rulesOf } from './rule_words.ts'
import './tables.css'

const types: Record<Field['type'], string> = {
  text: '文字',
  long_text: '多行文字',
  integer: '整数',
  decimal: '数',
  date: '日期',
  month: '年月',
  datetime: '日期和时间',
  choice: '单选',
  list: '多项',
  yes_no: '是或否',
  phone: '电话',
  credit_code: '信用代码',
  url: '网址',
  reference: '引用',
  attachments: '文件',
}

/** What a type demands by itself, unless the field says otherwise. */
const standard: Partial<Record<Field['type'], string>> = {
  date: '如 2019-06-18',
  month: '如 1986-04',
  datetime: '如 2019-06-18 09:30',
  yes_no: '填“是”或“否”',
  credit_code: '18 位，核对校验位',
  url: '从地址栏复制',
}
const textLimits: Partial<Record<Field['type'], number>> = { text: 200, long_text: 2000, url: 2000 }

function limitsOf(field: Field): string[] {
  const { type, max, min } = field
  const letters = max ?? textLimits[type]
  if (type in textLimits) return letters ? [`最多 ${count(letters)} 字`] : []
  if (type !== 'integer' && type !== 'decimal') return []
  return [`不小于 ${min ?? 0}`, ...(max === undefined ? [] : [`不大于 ${count(max)}`])]
}

/** Limits and choices of a field, as short phrases. */
function demandsOf(field: Field): string[] {
  const { choices, also, to, slots_from, derived, sum, mobile, note, type } = field
  if (derived) return ['系统算出，不用填', ...(sum ? ['合计相加'] : [])]
  return [
    ...(choices ? [`可选：${choices.map((each) => printField(field, each)).join('、')}`] : []),
    ...(also
      ? [
          `也认：${Object.entries(also)
            .map(([typed, meant]) => `${typed}→${meant}`)
            .join('、')}`,
        ]
      : []),
    ...(to && !note
      ? [`写${placeOf(forms[to])}里的${forms[to]?.fields.find(({ name }) => name === forms[to]?.names)?.label}`]
      : []),
    ...(slots_from ? ['栏目由所选的记录规定'] : []),
    ...(type === 'phone' ? [mobile ? '11 位手机号' : '手机号，或带区号的座机'] : []),
    ...(standard[type] ? [standard[type]] : []),
    ...limitsOf(field),
    ...(sum ? ['合计相加'] : []),
  ]
}

const placeOf = (form: Form | undefined) => (form?.annex ? `附件${form.annex}` : (form?.label ?? ''))

const matches = (field: Field, text: string) =>
  [field.label, field.name, field.group, field.note, ...(field.synonyms ?? []), ...(field.choices ?? [])]
    .join(' ')
    .toLowerCase()
    .includes(text)

const states = 'states'

export default function Dictionary() {
  const me = useMe()
  const [address, change] = useAddress()
  const text = (address.q ?? '').trim().toLowerCase()
  const [here, setHere] = useState<string>()
  const asked = address.form
  useEffect(() => {
    if (asked) document.getElementById(`of-${asked}`)?.scrollIntoView()
  }, [asked])
  if (!me) return <div className="page" />
  const listed = Object.values(forms)
    .map((form) => ({ form, fields: text ? form.fields.filter((field) => matches(field, text)) : form.fields }))
    .filter(({ fields }) => fields.length > 0)
  function follow({ currentTarget }: UIEvent<HTMLDivElement>) {
    const top = currentTarget.getBoundingClientRect().top + 80
    const passed = [...currentTarget.querySelectorAll('section[id]')].filter(
      (section) => section.getBoundingClientRect().top < top,
    )
    setHere(passed.at(-1)?.id.slice(3))
  }
  const current = here ?? asked ?? listed[0]?.form.name
  const anchor = (name: string, label: string, annex?: number | null) => (
    <button
      key={name}
      type="button"
      aria-current={current === name ? 'location' : undefined}
      onClick={() => {
        change({ form: name })
        document.getElementById(`of-${name}`)?.scrollIntoView()
      }}
    >
      {label}
      {annex && <small>附件{annex}</small>}
    </button>
  )
  return (
    <div className="page scrolls" data-prints="" onScroll={follow}>
      <PageHead title="数据字典" note="由系统用的定义生成：录入、导入、核对、导出都按这里">
        <KeptInput
          type="search"
          className="input small"
          style={{ width: 180 }}
          placeholder="找栏目"
          aria-label="找栏目"
          kept={address.q ?? ''}
          tell={(q) => change({ q })}
        />
        <Button onClick={() => window.print()}>打印</Button>
      </PageHead>
      <div className="body dictionary">
        <nav aria-label="各张表">
          {listed.map(({ form }) => anchor(form.name, form.label, form.annex))}
          {!text && anchor(states, '状态')}
        </nav>
        <div>
          {listed.map(({ form, fields }) => (
            <OfForm key={form.name} me={me} form={form} fields={fields} />
          ))}
          {listed.length === 0 && (
            <p className="soft">
              没有叫这个的栏目。
              <button type="button" className="link" onClick={() => change({ q: '' })}>
                看全部
              </button>
            </p>
          )}
          {!text && <States />}
        </div>
      </div>
    </div>
  )
}

function OfForm({ me, form, fields }: { me: Me; form: Form; fields: readonly Field[] }) {
  const rights = rightsOf(me, form.name)
  const pointers = pointersTo(form)
  const required = form.fields.filter((field) => field.required && !field.derived).length
  return (
    <section className="section" id={`of-${form.name}`}>
      <header>
        <h2>
          {form.annex && `附件${form.annex}　`}
          {form.title}
        </h2>
        <span className="muted">
          {form.label} · {form.fields.length} 个栏目，{required} 个必填
        </span>
        <span className="fill" />
        {form.annex && rights.export && (
          <Button kind="quiet" onClick={() => download(`/${form.name}/template.xlsx`)}>
            下载空表
          </Button>
        )}
        {rights.read && (
          <Link className="button quiet" to={`/${form.name}`}>
            打开
          </Link>
        )}
      </header>
      <Fields fields={fields} />
      <ul className="says">
        {keysOf(form).map((words) => (
          <li key={words}>{words}</li>
        ))}
        {rulesOf(form).map(({ words, moment, sentence }) => (
          <li key={words}>
            {words}
            <span className="muted">　{moment}。</span>
            {sentence && (
              <span className="muted">
                　不符合时：<q>{sentence}</q>
              </span>
            )}
          </li>
        ))}
        {pointers.length > 0 && <li>引用这里的有：{pointers.join('、')}。</li>}
      </ul>
    </section>
  )
}

function Fields({ fields }: { fields: readonly Field[] }) {
  return (
    <table className="lines">
      <colgroup>
        <col style={{ width: '14%' }} />
        <col style={{ width: '15%' }} />
        <col style={{ width: '8%' }} />
        <col style={{ width: '5%' }} />
        <col style={{ width: '35%' }} />
        <col style={{ width: '23%' }} />
      </colgroup>
      <thead>
        <tr>
          <th>栏目</th>
          <th>数据名</th>
          <th>类型</th>
          <th>必填</th>
          <th>可选项、限制和说明</th>
          <th>导入时也认的表头</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name}>
            <td>
              {field.group && <span className="muted">{field.group} / </span>}
              <b>{field.label}</b>
            </td>
            <td>
              <code>{field.name}</code>
            </td>
            <td>{types[field.type]}</td>
            <td>{field.required && !field.derived && <span className="red">必填</span>}</td>
            <td>
              {demandsOf(field).join('；')}
              {field.note && <div className="soft">{field.note}</div>}
            </td>
            <td className="soft">{field.synonyms?.join('、')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const meanings: Record<string, string> = {
  draft: '正在录，只有本单位改。',
  submitted: '已提交，等省总审核；审核前可以撤回。',
  returned: '省总退回，写有理由和要改的栏目；改好再提交。',
  approved: '审核通过，计入任务，不能再改。',
  archived: '活动结束后归档，只能查看。',
  void: '作废，不计入任务。',
  accepted: '承办单位已受理。',
  refused: '承办单位不受理，写有理由。',
  shortlisted: '入围，承办单位可以看联系方式。',
  under_review: '评委正在打分。',
  proposed: '评委都打了分，列为拟奖，等公示。',
  publicised: '正在公示，满 5 个工作日才能获奖。',
  awarded: '获奖。',
  not_awarded: '没有获奖。',
  nominated: '推荐全国总工会的主题活动。',
}

function States() {
  const list = (title: string, names: readonly string[]) => (
    <tr>
      <td>{title}</td>
      <td>
        <ul className="says" style={{ margin: 0 }}>
          {names.map((name) => (
            <li key={name}>
              <State status={name} />　<span className="soft">{meanings[name]}</span>
            </li>
          ))}
        </ul>
      </td>
    </tr>
  )
  return (
    <section className="section" id={`of-${states}`}>
      <header>
        <h2>状态</h2>
        <span className="muted">附件3到附件9的每一行都有单位、状态、改动人和改动时间</span>
      </header>
      <table className="lines">
        <colgroup>
          <col style={{ width: '15%' }} />
          <col />
        </colgroup>
        <tbody>
          {list('一般登记', registerStates)}
          {list('作品', workStates)}
        </tbody>
      </table>
    </section>
  )
}
