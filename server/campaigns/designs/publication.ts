/**
 * A draft comes into force: what it would change and which rows would break it is told first; publishing is one transaction
 * of PostgreSQL's (app.publish_design), tried again where somebody writes many rows.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { invalid, Refusal, stale, versionMissing } from '../../errors.ts'
import {
  adjusted,
  compileDefinition,
  definitionOf,
  type FormDefinition,
  formOf,
  isAdjustment,
} from '../../forms/index.ts'
import { draftOf, type FormDesign, mustDesign, oneDesign, readSent } from './designs.ts'
import { differencesOf } from './differences.ts'

/** Rows of the campaign that a definition would find at fault: `rule` names what they break. */
type Break = { rule: string; field: string; rows: number; sample: number[] }
export type DesignCheck = { changes: string[]; breaks: Break[] }

type Run = <T>(fn: (trx: Trx, person: Person) => Promise<T>) => Promise<T>

/** The definition whole, as it would be in force, and the one that is. */
function wholeOf({ definitions }: Pick<Database, 'definitions'>, design: FormDesign) {
  const around = definitions.around(design.campaign_id)
  const definition = readSent(design.definition, around)
  const base = formOf(around.builtIn, design.name)
  const after: FormDefinition =
    isAdjustment(definition) && base ? adjusted(definitionOf(base), definition) : (definition as FormDefinition)
  compileDefinition(after, base)
  const current = formOf(around.forms, design.name)
  return { after, before: current && definitionOf(current) }
}

/** What is asked of each row: rules by their names, of fields what they require and what may be chosen. */
function checksOf(after: FormDefinition, before: FormDefinition | undefined) {
  const known = new Map(before?.fields.map((field) => [field.name, field]))
  const fields = after.fields.flatMap((field): [string, string, object][] => {
    const { name, type, choices } = field
    return [
      ...(field.required && !known.get(name)?.required
        ? [[`${name}_given`, name, { name, required: true }] as [string, string, object]]
        : []),
      ...(choices && type === 'choice'
        ? [[`${name}_choices`, name, { name, type, choices }] as [string, string, object]]
        : []),
    ]
  })
  const rules = after.rules.flatMap((rule): [string, string, object][] =>
    rule.kind === 'built_in' || rule.severity !== 'must' || !('field' in rule) ? [] : [[rule.name, rule.field, rule]],
  )
  return [...fields, ...rules]
}

/** What publishing the draft would change, and the rows that would break it. Reads only. */
export async function checkDesign(trx: Trx, database: Database, person: Person, id: number): Promise<DesignCheck> {
  mustDesign(person)
  const design = await oneDesign(trx, database, id)
  return checkWhole(trx, design, wholeOf(database, design))
}

async function checkWhole(
  trx: Trx,
  design: FormDesign,
  { after, before }: ReturnType<typeof wholeOf>,
): Promise<DesignCheck> {
  const checks = checksOf(after, before)
  const asked = Object.fromEntries(checks.map(([rule, , check]) => [rule, check]))
  const found = await sql<{ name: string; rows: number; sample: number[] }>`
    select * from app.design_breaks(${design.campaign_id}, ${design.name}, ${JSON.stringify(asked)}::jsonb)`.execute(
    trx,
  )
  const breaks = found.rows.map(({ name, rows, sample }) => ({
    rule: name,
    field: checks.find(([rule]) => rule === name)?.[1] ?? name,
    rows,
    sample,
  }))
  return { changes: differencesOf(before, after), breaks }
}

/** Choices that rows still hold can't go: the rows are changed first. */
function refuseLost({ breaks }: DesignCheck, after: FormDefinition) {
  const errors = breaks
    .filter(({ rule, field }) => rule === `${field}_choices`)
    .map(({ field, rows }) => {
      const label = after.fields.find(({ name }) => name === field)?.label ?? field
      return [field, `还有 ${rows} 行的“${label}”填的是要去掉的选项，请先把这些行改成别的选项，再发布。`] as const
    })
  if (errors.length > 0) throw invalid(Object.fromEntries(errors), '有些行还填着要去掉的选项，没有发布。')
}

const MAX_PUBLISH_MS = 8_000
const codeOf = (error: unknown) => (error as { code?: string }).code

/** Nobody's save waits behind a publication that waits for a long import: it lets go at once, and comes again. */
async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + MAX_PUBLISH_MS
  for (let turn = 1; ; turn++) {
    try {
      return await work()
    } catch (error) {
      if (codeOf(error) !== '55P03' && codeOf(error) !== '40P01') throw error
      if (Date.now() > until)
        throw new Refusal(409, '这张表里正在写入很多行，现在不能发布；什么也没有变，请过一会儿再发布。')
      await pause(Math.min(100 * turn, 700))
    }
  }
}

async function lastRow(trx: Trx, name: string): Promise<number> {
  const { rows } = await sql<{ last: number }>`select coalesce(max(t.id), 0) as last from ${sql.table(name)} t`.execute(
    trx,
  )
  return rows[0]?.last ?? 0
}

/** Publishes a draft of this version; answers it as it is then. */
export function publish(run: Run, database: Database, id: number, version: unknown): Promise<FormDesign> {
  return tryAgain(async () => {
    await run(async (trx, person) => {
      mustDesign(person)
      const design = await draftOf(trx, database, id, version)
      const whole = wholeOf(database, design)
      const checked = await checkWhole(trx, design, whole)
      refuseLost(checked, whole.after)
      const since = checked.breaks.length > 0 ? await lastRow(trx, design.name) : 0
      try {
        await sql`select app.publish_design(${id}, ${design.version}, ${since})`.execute(trx)
      } catch (error) {
        // a function of the database is called <form>_<field> already
        if (codeOf(error) === '42723')
          throw invalid({ name: '有一栏的数据名和系统里的一个名字相同，请换一个。' }, '有数据名不能用，没有发布。')
        if (codeOf(error) === '23505' && (error as { table?: string }).table === design.name)
          throw invalid(
            { keys: '已有的行里有几行按这几栏是同一行，请先改好或删去重复的，再发布。' },
            '有重复的行，没有发布。',
          )
        throw error
      }
    })
    return run((trx) => oneDesign(trx, database, id))
  })
}

/** A register that is in force no more; a draft that is retired takes a built-in one out of the campaign. */
export function retire(run: Run, database: Database, id: number, version: unknown): Promise<FormDesign> {
  return tryAgain(async () => {
    await run(async (trx, person) => {
      mustDesign(person)
      const design = await oneDesign(trx, database, id)
      if (version === undefined || version === null) throw versionMissing()
      if (design.version !== version) throw stale(design)
      if (design.state === 'retired') throw new Refusal(409, '这份定义已经停用。', { row: design })
      await sql`select app.retire_design(${id}, ${design.version})`.execute(trx)
    })
    return run((trx) => oneDesign(trx, database, id))
  })
}
