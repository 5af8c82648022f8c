/**
 * From a confirmed proposal to a campaign's package, which is checked and loaded like any other. Pure. What a package can't hold
 * is not lost in silence: `left_out` says it.
 */
import {
  type CampaignPackage,
  PACKAGE_FORMAT,
  PACKAGE_VERSION,
  type PackageRow,
} from '../../campaigns/packages/package.ts'
import { answered } from '../../forms/answered.ts'
import { type Definition, nameOfDefinition } from '../../forms/index.ts'
import { withoutApplicant } from './applicant.ts'
import { collectionOf } from './collection_row.ts'
import { answeredTo, answerTo, type ConfirmedProposal } from './confirmed.ts'
import type { HostFact, StageFact, TargetFact } from './facts.ts'
import { type KnownUnits, type PackageUnits, unitsOfPackage } from './package_units.ts'
import { rulesOf } from './row_rules.ts'
import { shared } from './targets.ts'
import { unheldOfHosts, unheldShares } from './unheld.ts'

/** What there is already: registers with their labels, and metrics of the campaign one works in. */
type PackageSurroundings = KnownUnits & {
  registers: readonly { name: string; label: string; annex: number | null }[]
  metrics: readonly PackageRow[]
}
/** `rules`: what sentences of the notice became, in words. */
type MadePackage = { package: CampaignPackage; rules: string[]; left_out: string[] }

type Register = { definition: Definition; name: string; label: string; annex: number | null }

const MIN_SHARED = 3
const clip = (text: string, chars: number) => text.slice(0, chars)

/** Registers that the files bring, and of those there are the ones that are needed or asked for. */
function registersOf(
  confirmed: ConfirmedProposal,
  around: PackageSurroundings,
  leftOut: string[],
  rules: string[],
): Register[] {
  const registers: Register[] = []
  for (const table of confirmed.tables) {
    if (table.kind !== 'register' || answerTo(confirmed, `registers.collection.${table.id}`) === 'collection') continue
    if (table.one_page || !table.form) {
      leftOut.push(
        table.one_page
          ? `《${table.title}》是一人一份的表：建好以后，在“表单设计”里作登记表的“一人一表”。`
          : `《${table.title}》没有自动建成登记表：请在“表单设计”里建立。`,
      )
      continue
    }
    const definition = withAnswers(table.form, confirmed, table.id)
    const made = rulesOf(table, confirmed, (id) => answerTo(confirmed, id))
    if (made.rules.length > 0) {
      const given = definition as { rules?: unknown[] }
      given.rules = [...(given.rules ?? []), ...made.rules]
      rules.push(...made.says)
    }
    const said = definition as { label?: string; title?: string; annex?: number | null }
    registers.push({
      definition,
      name: nameOfDefinition(definition),
      label: said.label ?? said.title ?? table.title,
      annex: said.annex ?? table.annex,
    })
  }
  if (answerTo(confirmed, 'registers.none') === 'as_now')
    for (const { name, label, annex } of around.registers)
      if (!registers.some((each) => each.name === name))
        registers.push({ definition: { extends: name }, name, label, annex })
  return registers
}

/** The answers to what a workbook left open: each sets one place of its definition, `fields.links.type`. */
function withAnswers(form: Definition, confirmed: ConfirmedProposal, table: string): Definition {
  const prefix = `tables.${table}.form.`
  const said = confirmed.questions.filter(
    ({ id, about }) => String(about).startsWith(prefix) && Object.hasOwn(confirmed.answers, id),
  )
  const whole = said.reduce(
    (definition, { id, about }) => answered(definition, String(about).slice(prefix.length), confirmed.answers[id]),
    form,
  )
  return answerTo(confirmed, `registers.applicant.${table}`) === 'unit' ? withoutApplicant(whole) : whole
}

/** What counts a target: a choice of a register, a register, or what another campaign counts under nearly the same name. */
function countingOf(
  label: string,
  registers: readonly Register[],
  around: PackageSurroundings,
  confirmed: ConfirmedProposal,
): PackageRow | undefined {
  for (const { definition, name } of registers) {
    const fields = ((definition as { fields?: unknown }).fields ?? []) as { name: string; choices?: string[] }[]
    const field = Array.isArray(fields) ? fields.find(({ choices }) => choices?.includes(label)) : undefined
    if (field) return { form: name, counts: 'rows', filter: { [field.name]: label } } as PackageRow
  }
  if (/参加.*(?:项目|活动)$/.test(label) && confirmed.hosts.some(({ level }) => level === 'own'))
    return { form: 'submissions', counts: 'distinct', field: 'collection_id' }
  const own = registers.find((each) => 'name' in each.definition && shared(each.label, label) >= MIN_SHARED)
  if (own) return { form: own.name, counts: 'rows' }
  const known = around.metrics
    .map((metric) => ({ metric, length: shared(String(metric.label), label) }))
    .sort((a, b) => b.length - a.length)[0]
  if (known && known.length >= MIN_SHARED) {
    const { form, counts, field, filter, measure, name, short, synonyms } = known.metric
    const said = { form, counts, field, filter, measure, name, short, synonyms }
    return Object.fromEntries(
      Object.entries(said).filter(([, value]) => value !== undefined && value !== null),
    ) as PackageRow
  }
  const builtIn = around.registers.find((each) => shared(each.label, label) >= MIN_SHARED)
  return builtIn && { form: builtIn.name, counts: 'rows' }
}

/** Who takes part and fills: neither whoever leads nor whoever oversees. */
function filling({ participations, units, unit_kinds }: PackageUnits): string[] {
  const others = new Set(unit_kinds.filter(({ duty }) => duty).map(({ name }) => name))
  const kindOf = new Map(units.map(({ short_name, kind }) => [short_name, kind]))
  return participations.map(({ unit_id }) => String(unit_id)).filter((short) => !others.has(kindOf.get(short)))
}

type Metrics = { metrics: PackageRow[]; quotas: PackageRow[]; forms: Set<string> }

function metricsOf(
  confirmed: ConfirmedProposal,
  registers: readonly Register[],
  around: PackageSurroundings,
  units: PackageUnits,
  leftOut: string[],
): Metrics {
  const metrics: PackageRow[] = []
  const quotas = new Map<string, PackageRow>()
  const forms = new Set<string>()
  const totalOf = (target: TargetFact) => {
    const answered = ['prose', 'printed'].map((what) => answeredTo(confirmed, `total.${what}.${target.id}`))
    return answered.find((value) => typeof value === 'number') ?? target.total
  }
  for (const target of confirmed.targets) {
    const counting = countingOf(target.label, registers, around, confirmed)
    if (!counting) {
      leftOut.push(`“${clip(target.label, 40)}”没有登记表可数，没有写成任务指标。`)
      continue
    }
    forms.add(String(counting.form))
    const name = String(counting.name ?? `${counting.form}_${metrics.length + 1}`)
    const sum = target.quotas.reduce((total, { value }) => total + value, 0)
    const total = totalOf(target)
    // 每家至少参加5个项目: the same for whoever takes part
    const same = target.quotas.length === 0 && target.each !== null ? target.each : undefined
    metrics.push({
      position: metrics.length + 1,
      measure: target.measure || '个',
      ...counting,
      name,
      label: clip(target.label, 40),
      ...(target.quotas.length > 0 || same !== undefined ? { has_quota: true } : {}),
      ...(total !== null && total !== sum ? { target: Number(total) } : {}),
    } as PackageRow)
    const each =
      same === undefined
        ? target.quotas.map(({ unit, value }) => ({ short: units.shortOf(unit), value }))
        : filling(units).map((short) => ({ short, value: same }))
    if (same !== undefined)
      leftOut.push(
        `“${clip(target.label, 40)}”给现有的单位各 ${same} ${target.measure}；以后加的单位，到“任务分配”里填。`,
      )
    for (const { short, value } of each) {
      if (short !== undefined) quotas.set(short, { ...(quotas.get(short) ?? { unit_id: short }), [name]: value })
    }
    if (target.bound === 'exactly')
      leftOut.push(`“${clip(target.label, 40)}”的名额不得突破：进度里会标出超过的，提交时还不拦。`)
  }
  return { metrics, quotas: [...quotas.values()], forms }
}

type Days = { starts_on: string; ends_on: string }
const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)

/** When a stage is, with what was answered; undefined where no day is given. */
function daysOf(stage: StageFact, confirmed: ConfirmedProposal): Days | undefined {
  const answered = answerTo(confirmed, `days.${stage.id}`) as Partial<Days> | null | undefined
  const twice = answeredTo(confirmed, `days.twice.${stage.id}`)
  const ends = [twice, answered?.ends_on, stage.ends_on].find(isDay)
  if (ends === undefined) return undefined
  const { dated } = confirmed.campaign
  const starts =
    [answered?.starts_on, stage.starts_on, isDay(dated) && dated <= ends ? dated : ends].find(isDay) ?? ends
  return { starts_on: starts, ends_on: ends }
}

function stagesOf(confirmed: ConfirmedProposal, registers: readonly Register[], leftOut: string[]): PackageRow[] {
  const stages: PackageRow[] = []
  for (const stage of confirmed.days) {
    const days = daysOf(stage, confirmed)
    if (!days) {
      leftOut.push(`“${clip(stage.name, 30)}”还没有定日子：以后在“进度安排”里加。`)
      continue
    }
    const locks = registers
      .filter(({ annex }) => annex !== null && stage.annexes.includes(annex))
      .map(({ name }) => name)
    stages.push({
      position: stages.length + 1,
      name: clip(stage.name, 30),
      ...days,
      content: clip(stage.content, 500),
      ...(locks.length > 0 && stage.is_deadline ? { locks } : {}),
      is_deadline: stage.is_deadline === true,
    })
  }
  return stages
}

/** The package of a confirmed proposal, and what it leaves out. */
export function packageOfProposal(confirmed: ConfirmedProposal, around: PackageSurroundings): MadePackage {
  const leftOut: string[] = []
  const { campaign } = confirmed
  const units = unitsOfPackage(confirmed, around)
  const rules: string[] = []
  const registers = registersOf(confirmed, around, leftOut, rules)
  const { metrics, quotas, forms } = metricsOf(confirmed, registers, around, units, leftOut)
  const isRegister = ({ title }: HostFact) =>
    confirmed.questions.some(
      ({ id, says }) =>
        id.startsWith('registers.collection.') && says.includes(`“${title}”`) && answerTo(confirmed, id) === 'register',
    )
  const own = confirmed.hosts.filter((host) => host.level === 'own' && !isRegister(host))
  const above = confirmed.hosts.filter(({ level }) => level === 'above')
  const lead = String(units.participations.find(({ annex_order }) => annex_order === undefined)?.unit_id ?? '')
  const collections = own.map((host, n) =>
    collectionOf(host, n + 1, confirmed, units.shortOf(host.hosts[0] ?? '') ?? lead),
  )
  if (collections.length > 0) forms.add('submissions')
  const definitions = registers.map(({ definition }) => definition)
  const has = (name: string) => registers.some((each) => each.name === name)
  for (const { name } of around.registers) if (forms.has(name) && !has(name)) definitions.push({ extends: name })
  const stages = stagesOf(confirmed, registers, leftOut)
  const days = stages.flatMap(({ starts_on, ends_on }) => [String(starts_on), String(ends_on)]).sort()
  const year = answerTo(confirmed, 'campaign.year') ?? campaign.year
  const row = {
    year: Number(year) || Number(days[0]?.slice(0, 4)) || null,
    name: clip(String(campaign.name ?? ''), 100),
    theme: campaign.theme ? clip(String(campaign.theme), 100) : null,
    notice_number: campaign.notice_number ? clip(String(campaign.notice_number), 40) : null,
    notice_title: campaign.notice_title ? clip(String(campaign.notice_title), 200) : null,
    starts_on: days[0] ?? campaign.dated ?? null,
    ends_on: days[days.length - 1] ?? campaign.dated ?? null,
  }
  const content = {
    format: PACKAGE_FORMAT,
    format_version: PACKAGE_VERSION,
    campaign: Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as PackageRow,
    forms: definitions,
    unit_kinds: units.unit_kinds,
    units: units.units,
    participations: units.participations,
    metrics,
    quotas,
    national_activities: above.map((host, n) => ({
      position: n + 1,
      title: clip(host.title, 100),
      organizer: clip(host.hosts.join('、'), 100),
    })),
    collections,
    stages,
  } as CampaignPackage
  leftOut.push(
    ...unheldShares(confirmed.shares, rules),
    ...unheldOfHosts(own),
    ...confirmed.unheld.map(({ says }) => says),
  )
  return { package: content, rules, left_out: leftOut }
}
