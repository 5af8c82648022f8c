// Rows that were exported, edited elsewhere and uploaded again: the record each stands for, what the person changed of it,
// and that merged with what others did meanwhile.

import {
  type Field,
  type Form,
  fieldOf,
  labelOf,
  printField,
  type Row,
  sameValue,
  type Value,
} from '../../forms/index.ts'
import { admit } from '../../records/checks.ts'
import { checkKeys, findRecords } from '../../records/keys.ts'
import { readRows, type StoredRecord } from '../../records/read.ts'
import type { Candidate, Scope } from '../../records/scope.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { ConflictInWords } from '../tell/result.ts'
import { type RecordNames, readBases, readDays, readNamed } from './bases.ts'
import type { MatchContext } from './context.ts'
import { candidateOf, type MatchedRow, setTimes } from './matched_row.ts'
import { type Conflict, differing, mergeCells } from './merge.ts'

/** A row that came with a token, held against the record the token names. */
export type ExportedRow = {
  matched: MatchedRow
  id: number
  /** Undefined: taken as it is now, as if it had been exported just before. */
  version: number | undefined
  /** Somebody else has made the record since: it was nothing before. */
  is_taken?: true
  now?: StoredRecord
  base?: Row
  /** What the person changed of what was exported: names of references still as typed. */
  edited: Row
  named?: RecordNames
}

/** Merges the rows whose record is clear; answers those that are to be found by key after all. */
export async function mergeExported(
  context: MatchContext,
  plan: SheetPlan,
  scope: Scope,
  given: ExportedRow[],
): Promise<MatchedRow[]> {
  await hold(context, plan, given)
  const others: MatchedRow[] = []
  const there: ExportedRow[] = []
  for (const each of given) {
    const { matched, now } = each
    if (!now)
      matched.candidate.errors[context.form.names] =
        '这一行在系统里已经没有了。要作为新的一行写入，请在新插入的空行里填写。'
    else if (now.deleted_at) others.push(matched)
    else there.push(each)
  }
  const sure = await settle(context, plan, scope, there)
  const known = new Set(sure)
  others.push(...there.filter((each) => !known.has(each)).map(({ matched }) => matched))
  await mergeRows(context, scope, sure)
  return others
}

/** Reads record and base of each row and finds what the person changed. */
async function hold({ trx, relation, form }: MatchContext, plan: SheetPlan, given: ExportedRow[]): Promise<void> {
  const stored = new Map(
    (await readRows(trx, relation, [...new Set(given.map(({ id }) => id))])).map((row) => [row.id, row]),
  )
  const bases = await readBases(trx, form, given, stored)
  const days = await readDays(
    trx,
    form,
    given.map(({ id, matched }) => ({ times: matched.fileRow.times, row: stored.get(id) })),
  )
  for (const each of given) {
    each.now = stored.get(each.id)
    each.base = each.is_taken ? undefined : bases.get(each)
    if (each.now) setTimes(form, each.matched, each.now, days)
  }
  const named = await readNamed(
    trx,
    form,
    given.flatMap(({ matched, base }) => (base ? [{ given: matched.given, base }] : [])),
  )
  for (const each of given) {
    each.named = named
    each.edited = editedOf(form, plan, named, each)
  }
}

function editedOf(form: Form, plan: SheetPlan, named: RecordNames, { matched, base, now }: ExportedRow): Row {
  const edited: Row = {}
  const { given, fileRow } = matched
  for (const name of differing(given, base ?? now ?? {})) {
    const value = given[name] ?? null
    const field = fieldOf(form, name)
    if (field?.type === 'reference' && typeof value === 'string') {
      // the column is not in the file, and what stands above the heading names no record
      if (!(name in plan.column_of)) continue
      if (named.isSame(field, value, fileRow.beside?.[name], base?.[name])) continue
    }
    edited[name] = value
  }
  return edited
}

/**
 * Rows whose key the person changed may have been copied, or sorted without their hidden column: then the key says which
 * record they stand for. Answers the rows whose record is sure; the rest is new.
 */
async function settle(
  context: MatchContext,
  plan: SheetPlan,
  scope: Scope,
  there: ExportedRow[],
): Promise<ExportedRow[]> {
  const { trx, relation, form, isMet } = context
  const keys = new Set(form.keys.flat())
  const hasOtherKey = ({ edited }: ExportedRow) => Object.keys(edited).some((name) => keys.has(name))
  const sure = there.filter((each) => !hasOtherKey(each))
  const doubtful = there.filter(hasOtherKey)
  if (doubtful.length === 0) return sure
  const claimed = new Set(sure.map(({ id }) => id))
  const versions = new Map(there.map(({ id, version }) => [id, version]))
  const candidates = doubtful.map(
    ({ matched }): Candidate => ({ row: { ...matched.given }, errors: {}, beside: matched.fileRow.beside }),
  )
  await admit(trx, form, relation.catalogue, scope, candidates)
  const rows = candidates.map(({ row }) => row)
  const ids = await findRecords(
    trx,
    form,
    relation.catalogue,
    scope,
    rows.map((row) => withoutNames(form, row)),
  )
  const others = doubtful.map(({ matched, id }, at): ExportedRow | undefined =>
    ids[at] === undefined || ids[at] === id
      ? undefined
      : { matched, id: ids[at], version: versions.get(ids[at]), edited: {} },
  )
  await hold(
    context,
    plan,
    others.filter((other) => other !== undefined),
  )
  for (const [at, each] of doubtful.entries()) {
    const other = others[at]
    // more like the record its key names than like the one its token names
    if (other && Object.keys(other.edited).length < Object.keys(each.edited).length) Object.assign(each, other)
    else if (ids[at] === undefined && (claimed.has(each.id) || isMet(each.id))) continue
    claimed.add(each.id)
    sure.push(each)
  }
  return sure
}

/** A name that is no record's yet can't be compared with ids. */
const withoutNames = (form: Form, row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) => typeof value !== 'string' || fieldOf(form, name)?.type !== 'reference',
    ),
  )

async function mergeRows(context: MatchContext, scope: Scope, tokened: ExportedRow[]): Promise<void> {
  const { trx, relation, form } = context
  const changed = tokened.filter(({ matched, edited, now }) => {
    matched.stored = now
    matched.candidate = candidateOf(form, matched, now as StoredRecord, edited)
    matched.edited = edited
    return Object.keys(edited).length > 0 || matched.fileRow.errors
  })
  const candidates = () => changed.map(({ matched }) => matched.candidate)
  await admit(trx, form, relation.catalogue, scope, candidates())
  const again: Candidate[] = []
  for (const each of changed) {
    const { matched, base, now, edited } = each
    const typed = matched.candidate
    const mine = Object.fromEntries(
      Object.keys(edited).flatMap((name) => (typed.errors[name] ? [] : [[name, typed.row[name] ?? null]])),
    )
    const choose = (name: string) => context.choiceOf?.(matched.fileRow, name)
    const merged = mergeCells({ mine, base, theirs: now as StoredRecord }, choose)
    const asked = Object.entries(merged.conflicts)
    const leftOut = Object.keys(mine).filter((name) => !(name in merged.changes))
    matched.edited = { ...edited, ...mine }
    for (const name of leftOut) delete matched.edited[name]
    if (asked.length > 0)
      matched.conflicts = Object.fromEntries(
        asked.map(([name, conflict]) => [name, inWords(form, name, conflict, each)]),
      )
    if (leftOut.length === 0) continue
    matched.candidate = candidateOf(form, matched, now as StoredRecord, matched.edited)
    again.push(matched.candidate)
  }
  if (again.length > 0) await admit(trx, form, relation.catalogue, scope, again)
  await checkKeys(trx, form, relation.catalogue, scope, candidates())
}

/** The three sides of a conflict as people read them. */
function inWords(form: Form, name: string, conflict: Conflict, { matched, now, named }: ExportedRow): ConflictInWords {
  const field = fieldOf(form, name) as Field
  const words = (value: Value) => (field.type === 'reference' ? nameOf(value) : printField(field, value))
  const nameOf = (id: Value) => {
    if (id === null) return ''
    return sameValue(id, now?.[name]) ? String(now?.[labelOf(name)] ?? id) : (named?.nameOf(field, id) ?? `编号 ${id}`)
  }
  const { base, theirs, mine } = conflict
  const typed = field.type === 'reference' ? matched.given[name] : undefined
  return { base: words(base), theirs: words(theirs), mine: typeof typed === 'string' ? typed : words(mine) }
}
