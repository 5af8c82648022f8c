/** 数据字典, generated from the forms: what each field is called, holds and demands, and what an import recognises. */

import { type UIEvent, useEffect, useState } from 'react'
import {
  annexOf,
  demandsOf,
  type Field,
  type Form,
  formsBeside,
  keyWords,
  type Moment,
  requiredAtSubmission,
  sentenceOf,
  targetOf,
  types,
} from '../../../server/forms/index.ts'
import { useForms } from '../../forms.ts'
import { useWords, type Words } from '../../identity.ts'
import { type Me, rightsOf, useMe } from '../../me.ts'
import {
  Body,
  Button,
  ButtonLink,
  KeptInput,
  Lines,
  LinkButton,
  Page,
  PageHead,
  Section,
} from '../../parts/controls.tsx'
import { download } from '../../parts/links.ts'
import { registerStates, State, workStates } from '../../parts/states.tsx'
import { useAddress } from './address.ts'
import css from './Dictionary.module.css'

const matches = (field: Field, text: string) =>
  [field.label, field.name, field.group, field.note, ...(field.synonyms ?? []), ...(field.choices ?? [])]
    .join(' ')
    .toLowerCase()
    .includes(text)

const states = 'states'

const moments: Readonly<Record<Moment, string>> = {
  cell: '填的时候核对',
  storing: '存的时候核对',
  submission: '提交的时候核对',
}

/** Forms that point here, by their field: a row they name cannot be mistaken for another. */
const pointersTo = (form: Form): string[] =>
  Object.values(formsBeside(form)).flatMap((other) =>
    other.fields.filter(({ to }) => to === form.name).map((field) => `${other.label}的“${field.label}”`),
  )

/** The form that the page is scrolled to. */
function sectionAt({ currentTarget }: UIEvent<HTMLDivElement>): string | undefined {
  const top = currentTarget.getBoundingClientRect().top + 80
  const passed = [...currentTarget.querySelectorAll('section[id]')].filter(
    (section) => section.getBoundingClientRect().top < top,
  )
  return passed.at(-1)?.id.slice(3)
}

export default function Dictionary() {
  const me = useMe()
  const [address, change] = useAddress()
  const text = (address.q ?? '').trim().toLowerCase()
  const forms = useForms()
  const [here, setHere] = useState<string>()
  const asked = address.form
  useEffect(() => {
    if (asked) document.getElementById(`of-${asked}`)?.scrollIntoView()
  }, [asked])
  if (!me) return <Page />
  const listed = Object.values(forms)
    .map((form) => ({ form, fields: text ? form.fields.filter((field) => matches(field, text)) : form.fields }))
    .filter(({ fields }) => fields.length > 0)
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
      {annex && <small>{annexOf({ annex })}</small>}
    </button>
  )
  return (
    <Page scrolls prints onScroll={(event) => setHere(sectionAt(event))}>
      <PageHead title="数据字典">
        <KeptInput
          small
          type="search"
          style={{ width: 180 }}
          placeholder="找栏目"
          aria-label="找栏目"
          kept={address.q ?? ''}
          tell={(q) => change({ q })}
        />
        <Button onClick={() => window.print()}>打印</Button>
      </PageHead>
      <Body className={css.dictionary}>
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
              <LinkButton onClick={() => change({ q: '' })}>看全部</LinkButton>
            </p>
          )}
          {!text && <States />}
        </div>
      </Body>
    </Page>
  )
}

function OfForm({ me, form, fields }: { me: Me; form: Form; fields: readonly Field[] }) {
  const rights = rightsOf(me, form.name)
  const pointers = pointersTo(form)
  // what one cell alone must be stands at its field
  const told = (form.rules ?? []).filter(({ when }) => when !== 'cell')
  const required = form.fields.filter((field) => field.required && !field.derived).length
  return (
    <Section
      id={`of-${form.name}`}
      className={css.form}
      title={`${form.annex ? `${annexOf(form)}　` : ''}${form.title}`}
      note={`${form.label} · ${form.fields.length} 个栏目，${required} 个必填`}
      aside={
        <div className={css.ways}>
          {form.annex && rights.export && (
            <Button kind="quiet" onClick={() => download(`/${form.name}/template.xlsx`)}>
              下载空表
            </Button>
          )}
          {rights.read && (
            <ButtonLink kind="quiet" to={`/${form.name}`}>
              打开
            </ButtonLink>
          )}
        </div>
      }
    >
      <Fields form={form} fields={fields} />
      <ul className={css.says}>
        {keyWords(form).map((words) => (
          <li key={words}>{words}</li>
        ))}
        {told.map((rule) => (
          <li key={rule.name}>
            {rule.says}
            <span className="muted">
              　{moments[rule.when]}。　{rule.severity === 'must' ? '不符合时' : '提醒'}：<q>{sentenceOf(rule)}</q>
            </span>
          </li>
        ))}
        {pointers.length > 0 && <li>引用这里的有：{pointers.join('、')}。</li>}
      </ul>
    </Section>
  )
}

function Fields({ form, fields }: { form: Form; fields: readonly Field[] }) {
  const later = requiredAtSubmission(form)
  return (
    <Lines className={css.fields}>
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
            <td>{types[field.type].label}</td>
            <td>
              {field.required && !field.derived && <span className="red">必填</span>}
              {later.has(field.name) && '提交时'}
            </td>
            <td>
              {demandsOf(field, targetOf(form, field)).join('；')}
              {field.note && <div className="soft">{field.note}</div>}
            </td>
            <td className="soft">{field.synonyms?.join('、')}</td>
          </tr>
        ))}
      </tbody>
    </Lines>
  )
}

const meaningsIn = ({ lead_short }: Words): Record<string, string> => ({
  draft: '正在录，只有本单位改。',
  submitted: `已提交，等${lead_short}审核；审核前可以撤回。`,
  returned: `${lead_short}退回，写有理由和要改的栏目；改好再提交。`,
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
})

function States() {
  const meanings = meaningsIn(useWords())
  const list = (title: string, names: readonly string[]) => (
    <tr>
      <td>{title}</td>
      <td>
        <ul className={css.says} style={{ margin: 0 }}>
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
    <Section
      id={`of-${states}`}
      className={css.form}
      title="状态"
      note="附件3到附件9的每一行都有单位、状态、改动人和改动时间"
    >
      <Lines className={css.fields}>
        <colgroup>
          <col style={{ width: '15%' }} />
          <col />
        </colgroup>
        <tbody>
          {list('一般登记', registerStates)}
          {list('作品', workStates)}
        </tbody>
      </Lines>
    </Section>
  )
}
