/** Blanks that nothing fills: columns there are by now are offered, else the register is to have them, as a draft of its design. */
import { LinkBase as Link, useNavigate } from 'react-admin'
import type { Form, PrintBlank } from '../../../server/forms/index.ts'
import { Button, Fault } from '../../parts/controls.tsx'
import { type FormDesign, textOf, useDesignSteps, useDesigns } from '../designs/designs.ts'
import { newColumns, wantsColumn, withColumns } from './newColumns.ts'
import css from './Prints.module.css'

type UnmatchedProps = {
  campaignId: number
  form: Form
  blanks: readonly PrintBlank[]
  /** As they would be matched today. */
  proposed: readonly PrintBlank[]
  onBlanks: (blanks: readonly PrintBlank[]) => void
}

export function Unmatched({ campaignId, form, blanks, proposed, onBlanks }: UnmatchedProps) {
  const matched = blanks.map((blank) => {
    const found = proposed.find(({ at }) => at === blank.at)
    const isTaken = blanks.some(({ field }) => field !== null && field === found?.field)
    return blank.field === null && found && found.field !== null && !isTaken ? found : blank
  })
  const more = matched.filter((blank, n) => blank !== blanks[n]).length
  const open = matched.filter(wantsColumn)
  return (
    <>
      {more > 0 && (
        <p className={css.told}>
          登记表里有 {more} 个空格的栏目了。<Button onClick={() => onBlanks(matched)}>对上这 {more} 个</Button>
        </p>
      )}
      {more === 0 && open.length > 0 && <Adding campaignId={campaignId} form={form} open={open} />}
    </>
  )
}

function Adding({ campaignId, form, open }: { campaignId: number; form: Form; open: readonly PrintBlank[] }) {
  const { data: designs } = useDesigns(campaignId)
  const navigate = useNavigate()
  const lead = (design: FormDesign | null) => design && navigate(`/form_designs?open=${design.id}`)
  const steps = useDesignSteps(lead)
  if (!designs) return null
  const inState = (state: FormDesign['state']) =>
    designs.find((each) => each.name === form.name && each.state === state)
  const draft = inState('draft')
  const definition = inState('published')?.definition ?? { extends: form.name }
  const columns = newColumns(open, form)
  const labels = columns.map(({ label }) => label).join('、')
  return (
    <>
      {steps.fault && <Fault>{steps.fault.errors[0]?.[1] ?? steps.fault.sentence}</Fault>}
      <p className={css.told}>
        登记表里没有这 {open.length} 个空格的栏目：{labels}。
        {draft ? (
          <>
            这张表有一份草稿，<Link to={`/form_designs?open=${draft.id}`}>先发布或删去它</Link>，再加。
          </>
        ) : (
          <Button
            disabled={steps.busy}
            onClick={() => void steps.create(campaignId, textOf(withColumns(definition, columns)))}
          >
            加成栏目（草稿）
          </Button>
        )}
      </p>
    </>
  )
}
