/** What rules ask of many rows together: per cents, of the campaign's rows or of each unit's, as far as the asker sees them. */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import type { Form, Rule } from '../forms/index.ts'
import { whereOf } from './conditions.ts'
import type { Relation } from './relation.ts'

/** How a rule of shares stands; `sentence`: what is said where it does not hold. Of one unit, where the rule is of each. */
export type ShareStand = {
  rule: string
  says: string
  unit_id: number | null
  unit_id_label: string | null
  part: number
  whole: number
  sentence: string | null
}

type CountedUnit = { unit_id: number; unit_id_label: string; counts: [part: number, whole: number][] }

const sharesOf = ({ rules = [] }: Pick<Form, 'rules'>): Rule[] =>
  rules.filter(({ definition }) => definition?.kind === 'share')

/** Counts rows that are not void, in one statement for all rules, unit by unit; whoever sees one unit only is told of that one. */
export async function sharesIn(
  trx: Trx,
  relation: Relation,
  person: Pick<Person, 'role' | 'unit_id'>,
  campaignId: number,
): Promise<ShareStand[]> {
  const rules = sharesOf(relation.form)
  if (rules.length === 0) return []
  const rowsOf = (conditions: RawBuilder<unknown>[]) => sql`count(*) filter (where ${sql.join(conditions, sql` and `)})`
  const counts = rules.map(({ definition }) => {
    const among = whereOf(relation, { ...definition?.among })
    return sql`json_build_array(${rowsOf([among, whereOf(relation, { ...definition?.of })])}, ${rowsOf([among])})`
  })
  const { rows } = await sql<CountedUnit>`
    select t.unit_id, (select u.short_name from units u where u.id = t.unit_id) as unit_id_label,
      json_build_array(${sql.join(counts)}) as counts
    from ${sql.table(relation.form.name)} t
    where t.campaign_id = ${campaignId} and t.deleted_at is null and t.status <> 'void' group by t.unit_id order by t.unit_id`.execute(
    trx,
  )
  const seesAll = person.role === 'province' || person.unit_id === null
  return rules.flatMap((rule, at) => {
    if (rule.definition?.per === 'unit' || !seesAll) {
      return rows.map(({ unit_id, unit_id_label, counts }) =>
        standOf(rule, counts[at] ?? [0, 0], { unit_id, unit_id_label }),
      )
    }
    const sum = (n: 0 | 1) => rows.reduce((all, { counts }) => all + (counts[at]?.[n] ?? 0), 0)
    return [standOf(rule, [sum(0), sum(1)], { unit_id: null, unit_id_label: null })]
  })
}

function standOf(
  rule: Rule,
  [part, whole]: [number, number],
  unit: Pick<ShareStand, 'unit_id' | 'unit_id_label'>,
): ShareStand {
  const told = rule.check({}, { proportion: { part, whole } })
  return { rule: rule.name, says: rule.says, ...unit, part, whole, sentence: Object.values(told ?? {})[0] ?? null }
}
