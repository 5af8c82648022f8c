/** What the descriptions by hand have in common: whom an operation is for, and the parts that several of them share. */
import {
  type ApiOperation,
  answer,
  anyObject,
  integer,
  listParameters,
  queryParameter,
  type RefusedStatus,
} from './parts.ts'

type FixedOperation = Omit<ApiOperation, 'responses' | 'operationId' | 'tags'> & {
  answers: ApiOperation['responses']
  refuses?: RefusedStatus[]
  /** Who may; everybody with an account where nobody is named. */
  roles?: readonly string[]
  /** A form that the role must be able to read. */
  reads?: string
}
/** By tag, by method and address: 'POST /login'. */
export type FixedOperations = Record<string, Record<string, FixedOperation>>

export const version = { version: integer }
export const campaign = queryParameter('campaign_id', '哪个年度；不写是大家现在用的这个。', integer)
export const province = ['province']
export const readers = ['province', 'clerk', 'cac']
export const list = { parameters: listParameters() }
export const any = (description: string) => answer(description, anyObject)

/** These operations, for these roles or on this form, where they say nothing else. */
export const each = (
  standard: Pick<FixedOperation, 'roles' | 'reads'>,
  operations: Record<string, FixedOperation>,
): Record<string, FixedOperation> =>
  Object.fromEntries(Object.entries(operations).map(([on, operation]) => [on, { ...standard, ...operation }]))
