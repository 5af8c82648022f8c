/** A file that can't be read, as an answer to the one who sent it: 413 where it is too large, else 422, in its own sentence. */
import { Refusal } from '../errors.ts'
import { WorkbookRefused } from './limits.ts'

/** Other errors stay what they are. */
export function asFileRefusal(error: unknown): unknown {
  if (!(error instanceof WorkbookRefused)) return error
  return new Refusal(error.reason === 'too_large' ? 413 : 422, error.message, { reason: error.reason })
}
