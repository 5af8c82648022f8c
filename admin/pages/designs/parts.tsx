/** What is shown of a design: its state, its fields, what is wrong with it, what publishing it would change. */
import { LinkBase as Link } from 'react-admin'
import { type FieldDefinition, type FormDefinition, types } from '../../../server/forms/index.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Lines, Section } from '../../parts/controls.tsx'
import { rowsAt } from '../../parts/links.ts'
import { Mark } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import css from './Designs.module.css'
import { type DesignCheck, type DesignFault, type FormDesign, wholeOf } from './designs.ts'

const tones = { draft: 'draft', published: 'ok', retired: 'void' } as const
const words = { draft: '草稿', published: '已发布', retired: '已停用' } as const

export const DesignState = ({ state }: Pick<FormDesign, 'state'>) => <Mark tone={tones[state]}>{words[state]}</Mark>

/** What publishing changes, and the rows that would not pass. */
export function Checked({
  of,
  form,
  definition,
}: {
  of: DesignCheck
  /** The register, whose rows are led to. */
  form: string
  definition: FormDefinition | null | undefined
}) {
  const labelOf = (name: string) => definition?.fields.find((field) => field.name === name)?.label ?? name
  const ruleOf = (name: string, field: string) => {
    if (name === `${field}_given`) return '空着'
    if (name === `${field}_choices`) return '填的不在可选项里'
    if (name === `${field}_type`) return '按新的类型读不出来'
    const says = definition?.rules.find((rule) => rule.name === name)?.says
    return says ? `不符合“${says}”` : '不符合规则'
  }
  return (
    <Section title="检查结果">
      <ul className={css.changes} aria-label="改了什么">
        {of.changes.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {of.changes.length === 0 && <li className="soft">和现在的一样。</li>}
      </ul>
      {of.breaks.length > 0 && (
        <ul className={css.faults} aria-label="不合新规则的行">
          {of.breaks.map(({ rule, field, rows, sample }) => (
            <li key={rule}>
              已有 {count(rows)} 行的“{labelOf(field)}”{ruleOf(rule, field)}　
              <Link
                to={rowsAt(form, { id: { values: sample, label: `“${labelOf(field)}”${ruleOf(rule, field)}的` } })}
                target="_blank"
              >
                看{sample.length < rows ? '前' : '这'} {count(sample.length)} 行
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

type AskingProps = {
  design: FormDesign
  step: 'publication' | 'retirement'
  checked: DesignCheck | null
  onGo: () => void
  onClose: () => void
}

/** Before it is published or retired. */
export function Asking({ design, step, checked, onGo, onClose }: AskingProps) {
  const verb = step === 'publication' ? '发布' : '停用'
  return (
    <Ask title={`${verb}“${design.label}”？`} verb={verb} onClose={onClose} onGo={onGo}>
      {checked && step === 'publication' ? (
        <Checked of={checked} form={design.name} definition={wholeOf(design.definition)} />
      ) : (
        <p className="soft">停用以后，这个年度没有这张登记表的这一版；已填的内容留在库里。</p>
      )}
    </Ask>
  )
}

/** What a definition is refused for, by path. */
export const Faults = ({ of }: { of: DesignFault }) => (
  <ul className={css.faults} role="alert">
    {of.errors.map(([path, sentence]) => (
      <li key={path}>
        <code>{path}</code>　<span className="red">{sentence}</span>
      </li>
    ))}
  </ul>
)

/** The columns of a definition, to be read. */
export function Fields({ fields }: { fields: readonly FieldDefinition[] }) {
  return (
    <Section title="栏目" note={`${fields.length} 个`}>
      <Lines>
        <thead>
          <tr>
            <th>栏目</th>
            <th>数据名</th>
            <th>类型</th>
            <th>必填</th>
            <th>可选项和说明</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, label, group, type, required, choices, note }) => (
            <tr key={name}>
              <td>
                {group && <span className="muted">{group} / </span>}
                {label}
              </td>
              <td>
                <code>{name}</code>
              </td>
              <td>{types[type].label}</td>
              <td>{required && '必填'}</td>
              <td className="soft">
                {choices?.join('、')} {note}
              </td>
            </tr>
          ))}
        </tbody>
      </Lines>
    </Section>
  )
}
