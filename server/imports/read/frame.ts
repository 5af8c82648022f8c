// What of a file is not rows: enough to walk its rows again without it.
import type { Message } from './file_row.ts'
import type { SheetPlan } from './plan.ts'

/** `fixed`: by table, the values from above the heading that hold for its rows, in words. */
export type Frame = { messages: Exclude<Message, { kind: 'rows' | 'mark' }>[]; fixed: Record<string, string>[] }

/** The plans of the tables that were read, in their order. */
export const plansOf = ({ messages }: Pick<Frame, 'messages'>): SheetPlan[] =>
  messages.flatMap((message) => (message.kind === 'sheet' ? message.plan : []))
