/** 数据字典, generated from the forms: what every column is called, holds, demands, and how imports recognise it. */
import type { ReactNode } from 'react'
import { type Field, type Form, fieldOf, forms } from '../../server/forms/index.ts'
import { PageHead, Section } from '../parts/controls.tsx'
import './plain.css'

const types: Record<Field['type'], string> = {
  text: '文字',
  long_text: '长文字',
  integer: '整数',
  decimal: '小数',
  date: '日期',
  month: '年月',
  datetime: '时间',
  choice: '单选',
  list: '多项',
  yes_no: '是/否',
  phone: '电话',
  credit_code: '信用代码',
  url: '网址',
  reference: '引用',
  attachments: '文件',
}

function demands(field: Field): ReactNode {
  const parts = [
    field.derived && '自动得出，不填',
    field.choices && `可选：${field.choices.join('、')}`,
    field.to && `${forms[field.to]?.label ?? field.to}里的一条，按名称找`,
    field.max !== undefined && (field.type === 'integer' ? `不大于 ${field.max}` : `最多 ${field.max} 字`),
    field.min !== undefined && `不小于 ${field.min}`,
    field.mobile && '11 位手机号',
    field.parts && `分为 ${field.parts.join('、')}`,
    field.sum && '合计行求和',
    field.note,
  ]
  return parts.filter(Boolean).join('；')
}

const keysOf = (form: Form) =>
  form.keys.map((key) => key.map((name) => fieldOf(form, name)?.label ?? name).join(' + ')).join('；没有时按 ')

export default function Dictionary() {
  const listed = Object.values(forms)
  const go = (name: string) => document.getElementById(`form-${name}`)?.scrollIntoView()
  return (
    <div className="page scrolls">
      <PageHead title="数据字典" note="表、栏目、填写要求都由登记表的定义生成，导入、核对和导出用的是同一份" />
      <div className="body dictionary">
        <nav aria-label="各表">
          {listed.map((form) => (
            <a
              key={form.name}
              href={`#form-${form.name}`}
              onClick={(event) => {
                event.preventDefault()
                go(form.name)
              }}
            >
              {form.label}
              <span className="muted">{form.annex && `附件${form.annex}`}</span>
            </a>
          ))}
        </nav>
        <div>
          {listed.map((form) => (
            <div key={form.name} id={`form-${form.name}`}>
              <Section
                title={`${form.annex ? `附件${form.annex}　` : ''}${form.title}`}
                note={<code>{form.name}</code>}
                aside={<span className="muted">再次导入时按 {keysOf(form)} 认出是同一条</span>}
              >
                <table className="lines">
                  <colgroup>
                    <col style={{ width: '17%' }} />
                    <col style={{ width: '15%' }} />
                    <col style={{ width: '8%' }} />
                    <col style={{ width: '6%' }} />
                    <col />
                    <col style={{ width: '20%' }} />
                  </colgroup>
                  <thead>
                    <tr>
                      <th>栏目</th>
                      <th>数据名</th>
                      <th>类型</th>
                      <th>必填</th>
                      <th>要求</th>
                      <th>导入时也认</th>
                    </tr>
                  </thead>
                  <tbody>
                    {form.fields.map((field) => (
                      <tr key={field.name}>
                        <td>
                          {field.group && <span className="muted">{field.group} / </span>}
                          {field.label}
                        </td>
                        <td>
                          <code>{field.name}</code>
                        </td>
                        <td>{types[field.type]}</td>
                        <td>{field.required && !field.derived ? '是' : ''}</td>
                        <td className="soft">{demands(field)}</td>
                        <td className="muted">{field.synonyms?.join('、')}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Section>
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}
