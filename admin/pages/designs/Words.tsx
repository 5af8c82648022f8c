/** What a register is called: in the menu, on paper, in sentences; what it is counted in, and which column names a row. */
import { useState } from 'react'
import { Field, Input, Select } from '../../parts/controls.tsx'
import type { DesignFaults } from './sheet/faults.ts'
import { type DesignHead, type DesignSheet, inPlace } from './sheet/sheet.ts'
import css from './Words.module.css'

type WordsProps = {
  sheet: DesignSheet
  faults: DesignFaults['head']
  isOpen: boolean
  /** It has been published, and keeps its data name. */
  isPublished: boolean
  onHead: (head: Partial<DesignHead>) => void
}

const MAX_ANNEX_DIGITS = 3

export function Words({ sheet, faults, isOpen, isPublished, onHead }: WordsProps) {
  const { head, base } = sheet
  const naming = inPlace(sheet.rows).filter(({ field, hidden }) => !hidden && field.label !== '' && field.name !== '')
  return (
    <div className={css.words}>
      <Field label="名称（菜单里）" fault={faults.label}>
        <Input small readOnly={!isOpen} value={head.label} onChange={({ target }) => onHead({ label: target.value })} />
      </Field>
      <Field label="纸上的标题" className={css.title} fault={faults.title}>
        <Input small readOnly={!isOpen} value={head.title} onChange={({ target }) => onHead({ title: target.value })} />
      </Field>
      <Field label="附件号" fault={faults.annex}>
        <Annex annex={head.annex} isOpen={isOpen} onAnnex={(annex) => onHead({ annex })} />
      </Field>
      <Field label="一行是一" fault={faults.measure}>
        <Input
          small
          readOnly={!isOpen}
          value={head.measure}
          onChange={({ target }) => onHead({ measure: target.value })}
        />
      </Field>
      {!base && (
        <Field label="一行靠它称呼" fault={faults.names}>
          <Select
            small
            disabled={!isOpen}
            value={naming.some(({ field }) => field.name === head.names) ? head.names : (naming[0]?.field.name ?? '')}
            onChange={({ target }) => onHead({ names: target.value })}
          >
            {naming.length === 0 && <option value="">（先写一栏）</option>}
            {naming.map(({ field }) => (
              <option key={field.name} value={field.name}>
                {field.label}
              </option>
            ))}
          </Select>
        </Field>
      )}
      {!base && (
        <Field label="数据名" fault={faults.name}>
          <Input
            small
            readOnly={!isOpen || isPublished}
            value={head.name}
            onChange={({ target }) => onHead({ name: target.value.trim() })}
          />
        </Field>
      )}
    </div>
  )
}

/** A number, or nothing: a register without an annex. */
function Annex({
  annex,
  isOpen,
  onAnnex,
}: {
  annex: number | null
  isOpen: boolean
  onAnnex: (annex: number | null) => void
}) {
  const [text, setText] = useState<string | null>(null)
  return (
    <Input
      small
      inputMode="numeric"
      placeholder="没有"
      maxLength={MAX_ANNEX_DIGITS}
      readOnly={!isOpen}
      value={text ?? String(annex ?? '')}
      onChange={({ target }) => {
        const digits = target.value.replace(/\D/g, '')
        setText(digits)
        onAnnex(digits === '' ? null : Number(digits))
      }}
      onBlur={() => setText(null)}
    />
  )
}
