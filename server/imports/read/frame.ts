// What of a file is not rows: enough to walk its rows again without it.
import type { FileMessage } from './file_row.ts'
import type { SheetPlan } from './plan.ts'

/** `fixed`: by table, the values from above the heading that hold for its rows, in words. */
export type FramedValues = {
  messages: Exclude<FileMessage, { kind: 'rows' | 'mark' }>[]
  fixed: Record<string, string>[]
  /** The digest of the form's definition by which all this was read; absent in what was read before there were several. */
  definition?: string
}

/** The plans of the tables that were read, in their order. */
export const plansOf = ({ messages }: Pick<FramedValues, 'messages'>): SheetPlan[] =>
  messages.flatMap((message) => (message.kind === 'sheet' ? message.plan : []))
