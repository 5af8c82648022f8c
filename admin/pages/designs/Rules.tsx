/** The rules of a register: sentences; one of them open at a time, its blanks filled from words. */
import { type ReactNode, useState } from 'react'
import type { Field } from '../../../server/forms/index.ts'
import type { RuleDefinition } from '../../../server/forms/rule_kinds.ts'
import { Checkbox, IconButton, Input, LinkButton, Section, Select } from '../../parts/controls.tsx'
import css from './Rules.module.css'
import {
  alike,
  askable,
  fitting,
  isInWords,
  kindOf,
  kinds,
  newRule,
  proposedSentence,
  trimmed,
  wordsIn,
} from './rules.ts'
import type { DesignFaults } from './sheet/faults.ts'
import type { DesignRule } from './sheet/sheet.ts'

type RulesProps = {
  rules: readonly DesignRule[]
  /** Of the built-in register, which stay. */
  fixed: readonly DesignRule[]
  fields: readonly Field[]
  faults: DesignFaults['rules']
  isOpen: boolean
  onRules: (rules: readonly DesignRule[]) => void
}

const severities = { must: '必须', explain: '要说明' } as const

export function Rules({ rules, fixed, fields, faults, isOpen, onRules }: RulesProps) {
  const [open, setOpen] = useState<string | null>(null)
  const offered = kinds.filter(([, kind]) => fitting(kind, fields).length > 0)
  function add(kind: string) {
    const rule = newRule(kind, fields, [...rules, ...fixed])
    onRules([...rules, rule])
    setOpen(rule.name)
  }
  const change = (at: number) => (rule: RuleDefinition) =>
    onRules(rules.map((each, index) => (index === at ? rule : each)))
  return (
    <Section
      title="规则"
      note="录入和导入都照这些问；必须的存不进，要说明的存进去再提醒"
      aside={
        isOpen && (
          <Select
            small
            className={css.adding}
            aria-label="加一条规则"
            value=""
            onChange={({ target }) => target.value && add(target.value)}
          >
            <option value="">＋ 加一条规则…</option>
            {offered.map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </Select>
        )
      }
    >
      <ol className={css.rules} aria-label="规则">
        {fixed.map((rule) => (
          <li key={rule.name} className={css.fixed}>
            <span className={css.sentence}>{isInWords(rule) ? proposedSentence(rule, fields) : rule.says}</span>
            <span>{severities[rule.severity]}</span>
            <span className="muted">原有的</span>
          </li>
        ))}
        {rules.map((rule, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule may share its name while it is being written
          <li key={at}>
            <span className={css.sentence}>
              {rule.says ?? (isInWords(rule) ? proposedSentence(rule, fields) : undefined) ?? (
                <span className="muted">{isInWords(rule) && kindOf(rule)?.label}……还没有填完</span>
              )}
            </span>
            <strong>{severities[rule.severity]}</strong>
            {isOpen && isInWords(rule) && (
              <LinkButton
                aria-expanded={open === rule.name}
                onClick={() => setOpen(open === rule.name ? null : rule.name)}
              >
                {open === rule.name ? '收起' : '改'}
              </LinkButton>
            )}
            {isOpen && (
              <IconButton
                icon="cross"
                label={`去掉第 ${at + 1} 条规则`}
                onClick={() => onRules(rules.filter((_, index) => index !== at))}
              />
            )}
            {open === rule.name && isOpen && isInWords(rule) && (
              <RuleEditor rule={rule} fields={fields} onRule={change(at)} />
            )}
            {faults.has(at) && (
              <em className={css.fault} role="alert">
                {faults.get(at)}
              </em>
            )}
          </li>
        ))}
      </ol>
      {rules.length + fixed.length === 0 && <p className="soft">还没有规则。必填、可选项和范围在上面的栏目里写。</p>}
    </Section>
  )
}

type EditorProps = { rule: RuleDefinition; fields: readonly Field[]; onRule: (rule: RuleDefinition) => void }

/** A list of columns, with what else may be chosen before them. */
function Columns({
  label,
  of,
  value,
  first,
  onChoose,
}: {
  label: string
  of: readonly Field[]
  value: string
  first?: string
  onChoose: (name: string) => void
}) {
  return (
    <Select
      small
      className={css.blank}
      aria-label={label}
      value={value}
      onChange={({ target }) => onChoose(target.value)}
    >
      {first !== undefined && <option value="">{first}</option>}
      {of.map((field) => (
        <option key={field.name} value={field.name}>
          {field.label}
        </option>
      ))}
    </Select>
  )
}

function RuleEditor({ rule, fields, onRule }: EditorProps) {
  const kind = kindOf(rule)
  if (!kind) return null
  const own = fields.find(({ name }) => name === rule.field)
  const set = (changes: Partial<RuleDefinition>) => onRule(trimmed({ ...rule, ...changes }))
  const blank = (label: string, value: unknown, onText: (text: string) => void) => (
    <Input
      small
      className={css.blank}
      aria-label={label}
      placeholder={label}
      value={String(value ?? '')}
      onChange={({ target }) => onText(target.value)}
    />
  )
  const number = (text: string) => (text.trim() === '' ? undefined : Number(text))
  const blanks: Partial<Record<string, ReactNode>> = {
    than: (
      <Columns
        key="than"
        label="和哪一栏比"
        of={alike(own, fields)}
        value={rule.than ?? ''}
        first="一个值："
        onChoose={(than) => set({ than: than || undefined, value: undefined })}
      />
    ),
    value: rule.than === undefined && blank('值', rule.value, (value) => set({ value })),
    values: (
      <WordsInput
        key="values"
        label="可以是，用“、”分开"
        words={rule.values ?? []}
        onWords={(values) => set({ values })}
      />
    ),
    min: blank('最少', rule.min, (text) => set({ min: number(text) })),
    max: blank('最多', rule.max, (text) => set({ max: number(text) })),
    fields: (
      <fieldset key="fields" className={css.several} aria-label="哪几栏">
        {alike(own, fields)
          .concat(rule.kind === 'unique_together' ? askable(fields).filter(({ name }) => name !== rule.field) : [])
          .filter((field, at, all) => all.findIndex(({ name }) => name === field.name) === at)
          .map(({ name, label }) => (
            <Checkbox
              key={name}
              checked={rule.fields?.includes(name) ?? false}
              onChange={({ target }) => set({ fields: severalOf(rule, name, target.checked) })}
            >
              {label}
            </Checkbox>
          ))}
      </fieldset>
    ),
  }
  return (
    <div className={css.editor}>
      <div className={css.words}>
        <Columns label="哪一栏" of={fitting(kind, fields)} value={rule.field} onChoose={(field) => set({ field })} />
        <strong>{kind.label}</strong>
        {kind.takes.map((parameter) => blanks[parameter])}
      </div>
      {!kind.unique && <When rule={rule} fields={fields} set={set} />}
      <div className={css.words}>
        <Select
          small
          className={css.blank}
          aria-label="必须还是要说明"
          value={rule.severity}
          onChange={({ target }) => set({ severity: target.value as RuleDefinition['severity'] })}
        >
          <option value="must">必须，不然存不进</option>
          <option value="explain">要说明，存进去再提醒</option>
        </Select>
        <Select
          small
          className={css.blank}
          aria-label="什么时候问"
          value={rule.when ?? ''}
          onChange={({ target }) => set({ when: (target.value || undefined) as RuleDefinition['when'] })}
        >
          <option value="">照常</option>
          <option value="cell">填这一格的时候问</option>
          <option value="store">保存的时候问</option>
          <option value="submission">提交的时候问</option>
        </Select>
        <Input
          small
          aria-label="提示的话"
          placeholder={proposedSentence(rule, fields) ?? '提示的话'}
          value={rule.says ?? ''}
          onChange={({ target }) => set({ says: target.value || undefined })}
        />
      </div>
    </div>
  )
}

/** Of what no two rows share, the column itself is one. */
function severalOf({ kind, field, fields = [] }: RuleDefinition, name: string, isOn: boolean): string[] {
  const others = fields.filter((each) => each !== name && each !== field)
  const next = isOn ? [...others, name] : others
  return kind === 'unique_together' && next.length > 0 ? [field, ...next] : next
}

/** The condition: which column says that the rule is asked at all. */
function When({
  rule,
  fields,
  set,
}: Omit<EditorProps, 'onRule'> & { set: (changes: Partial<RuleDefinition>) => void }) {
  const condition = rule.if
  const values = condition?.values ?? (condition?.value === undefined ? [] : [condition.value])
  return (
    <div className={css.words}>
      只在
      <Columns
        label="看哪一栏"
        of={askable(fields).filter(({ name }) => name !== rule.field)}
        value={condition?.field ?? ''}
        first="任何时候"
        onChoose={(field) => set({ if: field ? { field } : undefined })}
      />
      {condition && (
        <WordsInput
          label="填了就算；或写是哪些值"
          words={values}
          onWords={(words) => set({ if: { field: condition.field, ...(words.length > 0 && { values: words }) } })}
        />
      )}
    </div>
  )
}

/** Words with “、” between them, as they are being typed. */
function WordsInput(props: { label: string; words: readonly unknown[]; onWords: (words: string[]) => void }) {
  const [text, setText] = useState(props.words.join('、'))
  return (
    <Input
      small
      className={css.blank}
      aria-label={props.label}
      placeholder={props.label}
      value={text}
      onChange={({ target }) => {
        setText(target.value)
        props.onWords(wordsIn(target.value))
      }}
    />
  )
}
