/** The definition as JSON, to be copied to another place, or pasted from one. */
import { useState } from 'react'
import { useNotify } from 'react-admin'
import type { Definition } from '../../../server/forms/index.ts'
import { Button, Section, TextArea } from '../../parts/controls.tsx'
import { copyText } from '../../parts/links.ts'
import css from './Designs.module.css'
import { baseOf, textOf } from './designs.ts'
import { definitionOfSheet, sheetOf } from './sheet/sheet.ts'

type WrittenProps = { definition: Definition; isOpen: boolean; onDefinition: (definition: Definition) => void }

/** A definition that rows can be made of, or why none can. */
function readText(text: string): { definition: Definition } | { fault: string } {
  try {
    const given = JSON.parse(text)
    definitionOfSheet(sheetOf(given, baseOf(given)))
    return { definition: given }
  } catch (error) {
    const isJson = !(error instanceof SyntaxError)
    return {
      fault: isJson ? '这份定义拆不成栏目：要有 fields，或 extends 一张原有的登记表。' : '这不是一份完整的 JSON。',
    }
  }
}

export function Written({ definition, isOpen, onDefinition }: WrittenProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const notify = useNotify()
  const text = typed ?? textOf(definition)
  function take() {
    const read = readText(text)
    setFault('fault' in read ? read.fault : null)
    if ('fault' in read) return
    setTyped(null)
    onDefinition(read.definition)
  }
  return (
    <Section
      title="定义"
      note="和左边的栏目是同一份；给会写的人，也用来从别处抄"
      className={css.text}
      aside={
        <>
          <Button small onClick={() => void copyText(text).then(() => notify('定义已复制。', { type: 'info' }))}>
            复制
          </Button>
          {isOpen && (
            <Button small disabled={typed === null} onClick={take}>
              用这一份
            </Button>
          )}
        </>
      }
    >
      <TextArea
        aria-label="定义"
        rows={26}
        spellCheck={false}
        readOnly={!isOpen}
        value={text}
        onChange={({ target }) => setTyped(target.value)}
      />
      {fault && (
        <p className="red" role="alert">
          {fault}
        </p>
      )}
    </Section>
  )
}
