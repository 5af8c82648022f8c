/**
 * The next campaign out of the package of one: what a person chose of it, what each part becomes, and what nobody but a
 * person can say. Pure: a package goes in, a package comes out.
 */
import type { Row } from '../../forms/index.ts'
import type { CampaignPackage, PackageRow } from '../packages/package.ts'
import { isDay, printDay, remarkOn } from './days.ts'
import { quotasOf } from './next_quotas.ts'
import {
  mapText,
  moved,
  OF_THE_NOTICE,
  rowsIn,
  type Turn,
  textIn,
  type YearChange,
  type YearChoices,
  type YearQuestion,
} from './turn.ts'

/** What registers, and fields of a campaign, are called. */
type Labels = { registers: Readonly<Record<string, string>>; campaign: Readonly<Record<string, string>> }
export type NextYear = { package: CampaignPackage; changes: YearChange[]; questions: YearQuestion[] }

const between = ({ starts_on, ends_on }: Row) =>
  [String(starts_on ?? ''), String(ends_on ?? '')]
    .filter(isDay)
    .filter((day, at, all) => day !== all[at - 1])
    .map(printDay)
    .join(' — ')

function stagesOf(was: CampaignPackage, turn: Turn) {
  const stages = rowsIn(was.stages).map((row) => mapText(row, moved(turn)))
  const changes = stages.map((row, at): YearChange => {
    const remarks = [row.is_deadline ? remarkOn(textIn(row, 'ends_on')) : undefined].flatMap((each) => each ?? [])
    const locks = Array.isArray(row.locks) && row.locks.length > 0 ? ['到期锁表'] : []
    return {
      part: 'stages',
      name: textIn(row, 'name'),
      was: between(rowsIn(was.stages)[at] ?? {}),
      is: between(row),
      ...([...locks, ...remarks].length > 0 ? { note: [...locks, ...remarks].join('；') } : {}),
    }
  })
  return { stages, changes }
}

function unitsOf(was: CampaignPackage, { choices }: Turn, known: readonly PackageRow[]) {
  const participations = rowsIn(was.participations)
  const isLeaving = (row: PackageRow) => choices.leaving.includes(textIn(row, 'unit_id'))
  const staying = participations.filter((row) => !isLeaving(row))
  const last = Math.max(0, ...participations.map(({ annex_order }) => Number(annex_order ?? 0)))
  const joined = choices.joining
    .filter((unit) => !staying.some((row) => row.unit_id === unit))
    .map((unit, at) => ({ annex_order: last + at + 1, unit_id: unit }))
  const taking = new Set([...staying, ...joined].map((row) => textIn(row, 'unit_id')))
  const units = rowsIn(was.units)
  const more = known.filter((row) => joined.some(({ unit_id }) => unit_id === row.short_name))
  const changes: YearChange[] = [
    {
      part: 'units',
      name: '照旧参加',
      was: `${participations.length} 个`,
      is: `${staying.length} 个`,
      note: '账号照旧',
    },
    ...participations.filter(isLeaving).map((row): YearChange => {
      const unit = textIn(row, 'unit_id')
      return {
        part: 'units',
        name: unit,
        was: unit,
        is: '不再参加',
        note: '旧年度照样能看',
        choice: { of: 'leaving', value: unit },
      }
    }),
    ...joined.map(
      ({ unit_id: unit }): YearChange => ({
        part: 'units',
        name: unit,
        was: '—',
        is: `${unit}加入`,
        choice: { of: 'joining', value: unit },
      }),
    ),
  ]
  return { participations: [...staying, ...joined], units: [...units, ...more], taking, changes }
}

/** What in a collection's words was said of one year only. */
function ofTheYear(row: PackageRow, { from }: Turn): string[] {
  const said = new RegExp(`${from}(?=\\s*年)|[“‘"]?\\d{2}[”’"]?(?=\\s*周?年)|[“‘]\\d{2}[”’]`, 'g')
  return ['title', 'content', 'entrance'].flatMap((name) =>
    (textIn(row, name).match(said) ?? []).map((words) => words.replace(/[“”‘’"]/g, '')),
  )
}

/** The unit that leads, as the package knows it. */
const leadOf = ({ unit_kinds, units }: CampaignPackage) => {
  const leading = rowsIn(unit_kinds).flatMap(({ duty, name }) => (duty === 'leads' ? [name] : []))
  return rowsIn(units).find(({ kind }) => leading.includes(kind ?? null))?.short_name
}

/** What becomes of one collection, and what has to be asked of it: its words were of one year, or its host takes part no more. */
function collectionOf(row: PackageRow, turn: Turn, lead: string | undefined) {
  const { choices } = turn
  const code = textIn(row, 'code')
  const was = textIn(row, 'host_unit_id')
  const name = `${code} ${textIn(row, 'title')}`
  const said = ofTheYear(row, turn)
  const isHostGone = choices.leaving.includes(was)
  const id = `collection:${code}`
  const answer = choices.answers[id] ?? null
  const isDropped = choices.dropped.includes(code) || answer === 'dropped'
  const host = isHostGone ? (lead ?? was) : was
  const goOn = { value: 'kept', label: isHostGone ? `由${host}承办` : '接着办，题目以后改' }
  const question: YearQuestion = {
    id,
    about: `${name}怎么办`,
    says: isHostGone
      ? `承办的${was}不参加了。`
      : `题目、内容、入口里有 ${said.length} 处是当年的说法：${[...new Set(said)].join('、')}。`,
    options: [...(isHostGone && !lead ? [] : [goOn]), { value: 'dropped', label: '今年不办' }],
    answer,
  }
  const choice = { of: 'dropped' as const, value: code }
  const change: YearChange = { part: 'collections', name, was, is: isDropped ? '不办' : host, choice }
  return {
    kept: isDropped ? [] : [{ ...mapText(row, moved(turn)), host_unit_id: host }],
    change,
    asked: !choices.dropped.includes(code) && (said.length > 0 || isHostGone) ? [question] : [],
  }
}

function formsOf(was: CampaignPackage, turn: Turn, labels: Labels) {
  const { choices } = turn
  const nameOf = (form: CampaignPackage['forms'][number]) => ('extends' in form ? form.extends : form.name)
  const forms = was.forms.filter((form) => !choices.left_out.includes(nameOf(form)))
  const changes = was.forms.map((form): YearChange => {
    const name = nameOf(form)
    const isOut = choices.left_out.includes(name)
    return {
      part: 'forms',
      name: labels.registers[name] ?? name,
      was: '有',
      is: isOut ? '今年不用' : '有',
      choice: { of: 'left_out', value: name },
    }
  })
  return { forms: forms.map((form) => mapText(form, moved(turn))), changes }
}

/** One-page forms go with their registers. */
const printsOf = ({ print_templates: templates }: CampaignPackage, { left_out }: YearChoices) =>
  templates ? { print_templates: templates.filter(({ form }) => !left_out.includes(form)) } : {}

function campaignOf(was: CampaignPackage, turn: Turn, labels: Labels) {
  const labelIn = (name: string) => labels.campaign[name] ?? name
  const kept = Object.entries(was.campaign).filter(([name]) => ![...OF_THE_NOTICE, 'today_on'].includes(name))
  const before: PackageRow = Object.fromEntries(kept)
  const campaign: PackageRow = { ...mapText(before, moved(turn)), year: turn.choices.year }
  const changes = kept
    .filter(([name, value]) => name !== 'year' && campaign[name] !== value)
    .map(
      ([name, value]): YearChange => ({
        part: 'texts',
        name: labelIn(name),
        was: String(value),
        is: String(campaign[name]),
      }),
    )
  const own = OF_THE_NOTICE.filter((name) => name in was.campaign)
  return {
    campaign,
    changes: [
      ...changes,
      ...own.map(
        (name): YearChange => ({
          part: 'texts',
          name: labelIn(name),
          was: textIn(was.campaign, name),
          is: '空着，有了新通知再填',
        }),
      ),
    ],
  }
}

/**
 * The campaign of `choices.year` out of `was`. `known`: units of the installation, for those that join.
 */
export function nextYear(
  was: CampaignPackage,
  choices: YearChoices,
  known: readonly PackageRow[],
  labels: Labels,
): NextYear {
  const from = Number(was.campaign.year)
  const turn = { from, years: choices.year - from, choices }
  const { participations, units, taking, changes: unitChanges } = unitsOf(was, turn, known)
  const { metrics, quotas, changes: quotaChanges, questions: quotaQuestions } = quotasOf(was, turn, taking, units)
  const { stages, changes: stageChanges } = stagesOf(was, turn)
  const inTheYear = (rows: PackageRow[]) => rows.map((row) => mapText(row, moved(turn)))
  const lead = leadOf(was)?.toString()
  const collected = rowsIn(was.collections).map((row) => collectionOf(row, turn, lead))
  const collections = collected.flatMap(({ kept }) => kept)
  const { forms, changes: formChanges } = formsOf(was, turn, labels)
  const { campaign, changes: textChanges } = campaignOf(was, turn, labels)
  return {
    package: {
      ...was,
      campaign,
      forms,
      ...printsOf(was, choices),
      units,
      participations,
      metrics: inTheYear(metrics),
      quotas: inTheYear(quotas),
      ...(was.national_activities ? { national_activities: inTheYear(was.national_activities) } : {}),
      collections,
      stages,
    },
    changes: [
      ...quotaChanges,
      ...stageChanges,
      ...unitChanges,
      ...collected.map(({ change }) => change),
      ...formChanges,
      ...textChanges,
    ],
    questions: [...quotaQuestions, ...collected.flatMap(({ asked }) => asked)],
  }
}
