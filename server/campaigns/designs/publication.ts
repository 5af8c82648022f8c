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
  type Form,
  type FormDefinition,
  fieldOf,
  formOf,
  isAdjustment,
  titled,
} from '../../forms/index.ts'
import { relationFor } from '../../records/read.ts'
import { sharesIn } from '../../records/shares.ts'
import {
  type Conversion,
  conversionSentences,
  conversionsOf,
  refuseLost,
  refuseRetyping,
  valuesToWrite,
} from './conversions.ts'
import { draftOf, type FormDesign, mustDesign, oneDesign, readSent } from './designs.ts'
import { differencesOf } from './differences.ts'
import {
  alone,
  cancelled,
  dropPrepared,
  fillPrepared,
  isRetyping,
  prepare,
  type Run,
  readingsOf,
} from './preparation.ts'

/** Rows of the campaign that a definition would find at fault: `rule` names what they break. */
type Break = { rule: string; field: string; rows: number; sample: number[] }
export type DesignCheck = {
  changes: string[]
  breaks: Break[]
  /** Values in cells that no longer fit, and what becomes of them where that is said. */
  conversions?: Conversion[]
}

/** The definition whole, as it would be in force, and the one that is. */
function wholeOf({ definitions }: Pick<Database, 'definitions'>, design: FormDesign) {
  const around = definitions.around(design.campaign_id)
  const definition = readSent(design.definition, around)
  const base = formOf(around.builtIn, design.name)
  const whole = isAdjustment(definition) && base ? adjusted(definitionOf(base), definition) : definition
  const after = titled(whole as FormDefinition, around.collections)
  const form = compileDefinition(after, base)
  const current = formOf(around.forms, design.name)
  return { definition, form, after, before: current && definitionOf(current), columns: around.columns }
}

/** What is asked of each row: rules by their names, of fields what they require. */
function checksOf(after: FormDefinition, before: FormDefinition | undefined) {
  const known = new Map(before?.fields.map((field) => [field.name, field]))
  const fields = after.fields.flatMap((field): [string, string, object][] => {
    const { name, required, of } = field
    if (of) return [[`${name}_of`, name, field]]
    return required && !known.get(name)?.required ? [[`${name}_given`, name, { name, required: true }]] : []
  })
  const rules = after.rules.flatMap((rule): [string, string, object][] =>
    rule.kind === 'built_in' || rule.severity !== 'must' || !('field' in rule) ? [] : [[rule.name, rule.field, rule]],
  )
  return [...fields, ...rules]
}

/** What a rule names, of a definition's fields. */
const namedIn = (check: object, fields: readonly string[]) => {
  const text = JSON.stringify(check)
  return fields.some((name) => text.includes(`"${name}"`))
}

/** What publishing the draft would change, and the rows that would break it. Reads only. */
export async function checkDesign(trx: Trx, database: Database, person: Person, id: number): Promise<DesignCheck> {
  mustDesign(person)
  const design = await oneDesign(trx, database, id)
  const whole = wholeOf(database, design)
  const { changes, breaks, conversions } = await checkWhole(trx, design, whole)
  const shares = whole.before ? await sharesNow(trx, database, person, design, whole.form) : []
  const told = conversions.flatMap((conversion) => conversion.told)
  return { changes: [...changes, ...shares], breaks, ...(told.length > 0 && { conversions: told }) }
}

/** Its rules of per cents that the rows of now would not keep: they warn, and keep nothing from being published. */
async function sharesNow(trx: Trx, database: Database, person: Person, { name, campaign_id }: FormDesign, form: Form) {
  const relation = relationFor(database, person, name, campaign_id)
  // of columns that are there, as they are
  const isThere = (column: string) => fieldOf(relation.form, column)?.type === fieldOf(form, column)?.type
  const rules = form.rules?.filter(({ looksAt }) => looksAt.every((column) => column.includes('.') || isThere(column)))
  const stands = await sharesIn(trx, { ...relation, form: { ...form, rules } }, person, campaign_id)
  return stands.flatMap(({ sentence, unit_id_label }) =>
    sentence === null ? [] : [`按现在的行，${unit_id_label ? `${unit_id_label}的` : ''}${sentence}`],
  )
}

async function checkWhole(
  trx: Trx,
  design: FormDesign,
  { definition, after, before, columns }: ReturnType<typeof wholeOf>,
) {
  await refuseRetyping(trx, design.campaign_id, definition, columns)
  const year = await yearOf(trx, design.campaign_id)
  const reading = { trx, campaignId: design.campaign_id, form: design.name, year }
  const conversions = await conversionsOf(reading, after, before, columns)
  const retyped = conversions.filter(({ kind }) => kind === 'type').map(({ field }) => field.name)
  const checks = checksOf(after, before)
  // of a column that gets another type, rules can be asked when it has it
  const asked = checks.filter(([rule, , check]) => rule.endsWith('_given') || !namedIn(check, retyped))
  const found = await sql<{ name: string; rows: number; sample: number[] }>`
    select * from app.design_breaks(${design.campaign_id}, ${design.name},
      ${JSON.stringify(Object.fromEntries(asked.map(([rule, , check]) => [rule, check])))}::jsonb)`.execute(trx)
  const broken = found.rows.map(({ name, rows, sample }) => ({
    rule: name,
    field: checks.find(([rule]) => rule === name)?.[1] ?? name,
    rows,
    sample,
  }))
  const lost = conversions.flatMap(({ field: { name }, kind, lost: { rows, sample } }) =>
    rows === 0 ? [] : [{ rule: `${name}_${kind}`, field: name, rows, sample }],
  )
  return {
    changes: [...differencesOf(before, after), ...conversionSentences(conversions, before)],
    breaks: [...broken, ...lost] satisfies Break[],
    conversions,
    /** Whether rows that are there may break one of its checks. */
    isBroken: broken.length > 0 || asked.length < checks.length,
  }
}

async function yearOf(trx: Trx, campaignId: number): Promise<number> {
  const { rows } = await sql<{ year: number }>`select c.year from campaigns c where c.id = ${campaignId}`.execute(trx)
  return rows[0]?.year ?? 0
}

const MAX_PUBLISH_MS = 8_000
/** A lock that others hold; rows written between looking and writing. */
const passing = new Set(['55P03', '40P01', '40001'])
const codeOf = (error: unknown) => (error as { code?: string }).code

/** Nobody's save waits behind a publication that waits for a long import: it lets go at once, and comes again. */
async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  let until: number | undefined
  for (let turn = 1; ; turn++) {
    try {
      return await work()
    } catch (error) {
      if (!passing.has(codeOf(error) ?? '')) throw error
      until ??= Date.now() + MAX_PUBLISH_MS
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

/** Publishes a draft within a transaction. Throws what passes (`passing`) for the caller to try again. */
export async function publishDraft(trx: Trx, database: Pick<Database, 'definitions'>, design: FormDesign) {
  const { conversions, isBroken } = await checkWhole(trx, design, wholeOf(database, design))
  refuseLost(conversions)
  const since = isBroken ? await lastRow(trx, design.name) : 0
  try {
    await sql`select app.publish_design(${design.id}, ${design.version}, ${since}, ${valuesToWrite(conversions)}::jsonb)`.execute(
      trx,
    )
  } catch (error) {
    if (codeOf(error) === '57014') throw cancelled()
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
}

/** Publishes a draft of this version; answers it as it is then. Columns that get another type are made ready first. */
export async function publish(run: Run, database: Database, id: number, version: unknown): Promise<FormDesign> {
  const draft = async (trx: Trx, person: Person) => {
    mustDesign(person)
    return draftOf(trx, database, id, version)
  }
  const comeIntoForce = () => run(async (trx, person) => publishDraft(trx, database, await draft(trx, person)))
  const { form, isPrepared } = await run(async (trx, person) => {
    const design = await draft(trx, person)
    const { after, columns } = wholeOf(database, design)
    return { form: design.name, isPrepared: isRetyping(after, columns) }
  })
  if (isPrepared) await alone(run, form, () => prepareAndPublish(run, form, { database, draft, comeIntoForce }))
  else await tryAgain(comeIntoForce)
  return run((trx) => oneDesign(trx, database, id))
}

type Publishing = {
  database: Database
  draft: (trx: Trx, person: Person) => Promise<FormDesign>
  comeIntoForce: () => Promise<void>
}

async function prepareAndPublish(run: Run, form: string, { database, draft, comeIntoForce }: Publishing) {
  const read = () =>
    run(async (trx, person) => {
      const design = await draft(trx, person)
      const { conversions } = await checkWhole(trx, design, wholeOf(database, design))
      refuseLost(conversions)
      return readingsOf(conversions)
    })
  await read() // what can't be read is told before anything is made ready
  try {
    const columns = await tryAgain(() => run(async (trx, person) => prepare(trx, await draft(trx, person))))
    // what others write meanwhile is read and filled again, until little is left to the publication itself
    await tryAgain(async () => {
      await fillPrepared(run, form, columns, await read())
      await comeIntoForce()
    })
  } catch (error) {
    // of one that does not get through, the next start or publication sweeps up
    await tryAgain(() => run((trx) => dropPrepared(trx, form))).catch(() => {})
    throw error
  }
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
