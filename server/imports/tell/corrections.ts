// What was decided since the file was sent, as the table of errors shows it: cells as they are now, columns as they are read.
import type { Decisions } from '../decide/decisions.ts'
import { type FramedValues, plansOf } from '../read/frame.ts'
import { chosenIn, tableOf } from '../read/plan.ts'
import type { Corrected } from './error_patch.ts'

export function correctedBy({ corrections = {}, replacements = {} }: Decisions, frame: FramedValues | null): Corrected {
  const plans = frame ? plansOf(frame).filter(({ mapped_by }) => mapped_by) : []
  const decided = Object.fromEntries(plans.map((plan) => [tableOf(plan), chosenIn(plan)]))
  return {
    corrections: Object.entries(corrections).flatMap(([n, cells]) =>
      Object.entries(cells).map(([field, value]) => ({ n: Number(n), field, value })),
    ),
    replacements: Object.entries(replacements).flatMap(([field, words]) =>
      Object.entries(words).map(([from, to]) => ({ field, from, to })),
    ),
    layouts: { decided },
  }
}
