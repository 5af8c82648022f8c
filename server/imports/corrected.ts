// What was decided since the file was sent, as the table of errors shows it: cells as they are now, columns as they are read.
import type { Decisions } from './decisions.ts'
import type { Chosen } from './mapping.ts'
import type { Corrected } from './patching.ts'
import { tableOf } from './plan.ts'
import type { Frame } from './recorder.ts'

export function correctedBy({ corrections = {}, replacements = {} }: Decisions, frame: Frame | null): Corrected {
  const plans = frame?.messages.flatMap((message) => (message.kind === 'sheet' ? message.plan : [])) ?? []
  const decided: Record<string, Chosen> = {}
  for (const plan of plans) {
    const { columns, mapped_by } = plan
    if (!mapped_by) continue
    decided[tableOf(plan)] = Object.fromEntries(
      columns.map(({ column, kind, field }) => [String(column), kind === 'unit' ? 'unit_id' : field]),
    )
  }
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
