/** What a person answers to a proposal, set in the definition that is proposed. */
import { answered } from '../../../server/forms/answered.ts'
import type { Definition } from '../../../server/forms/index.ts'
import type { Question } from '../../../server/proposals/question.ts'

/** The definition as it was answered; `chosen`: the place of an option by question. The whole form is chosen first. */
export function withAnswers(
  form: Definition,
  questions: readonly Question[],
  chosen: Readonly<Record<string, number>>,
): Definition {
  const inOrder = [...questions].sort((a, b) => Number(b.about === 'form') - Number(a.about === 'form'))
  return inOrder.reduce((definition, { id, about, options }) => {
    const at = chosen[id]
    return at === undefined || at === 0 ? definition : answered(definition, about, options[at]?.value)
  }, form)
}
