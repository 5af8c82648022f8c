/**
 * A campaign as one file: what it is, who takes part, what is counted, which forms are in force and how they look, what is
 * collected, its days. Names stand for ids, everything in a stable order, so that two files can be compared line by line and
 * a file can be moved to another installation.
 */
import { badRequest, invalid } from '../../errors.ts'
import { type Definition, type Form, type Forms, formOf, type Row, type Value } from '../../forms/index.ts'
import { isRecord } from '../../requests.ts'
import { type PackagedTemplate, readTemplates } from './print_templates.ts'

export const PACKAGE_FORMAT = 'haowangmin-campaign'
export const PACKAGE_VERSION = 1

/**
 * What of a campaign's frame is in its package, each after what it refers to. Rows of registers are not, nor what is decided
 * while the campaign runs.
 */
export const sections = [
  'unit_kinds',
  'units',
  'participations',
  'metrics',
  'quotas',
  'national_activities',
  'collections',
  'stages',
] as const
export type Section = (typeof sections)[number]

/** A row as a package has it: its fields that are filled, names where it refers to records. */
export type PackageRow = Record<string, Value>

export type CampaignPackage = {
  format: typeof PACKAGE_FORMAT
  format_version: number
  campaign: PackageRow
  /** Registers in force, in their order: built-in ones with what is adjusted, and the campaign's own. */
  forms: Definition[]
  /** One-page forms of the registers; absent where there are none. */
  print_templates?: PackagedTemplate[]
} & { [section in Section]?: PackageRow[] }

/** The sections that this version of the forms knows. */
export const sectionsIn = (forms: Forms): Section[] => sections.filter((name) => formOf(forms, name) !== undefined)

/** Fields that a package says: those that a person fills. */
export const saidFields = ({ fields }: Form) => fields.filter(({ derived }) => !derived)

/** What tells rows of a section apart: its first key. */
export const rowKey = ({ keys, names }: Form, row: Row): string =>
  JSON.stringify((keys[0] ?? [names]).map((name) => row[name] ?? null))

type Place = string | number | undefined
const isBefore = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)
/** Of a row what comes first says where it stands; rows without such come last. */
const inPlace = (a: Place, b: Place) =>
  a === undefined || b === undefined ? Number(a === undefined) - Number(b === undefined) : isBefore(a, b)

/**
 * Rows in an order that does not depend on when they were made: as they are numbered, else as their units take part
 * (`units`: short names in that order), else by their key.
 */
export function inStableOrder(form: Form, rows: readonly PackageRow[], units: readonly string[]): PackageRow[] {
  const rank = (name: Value | undefined) => (units.includes(String(name)) ? units.indexOf(String(name)) : undefined)
  const places = (row: PackageRow): Place[] => [
    (row.position ?? row.annex_order ?? undefined) as Place,
    rank(row.unit_id ?? row.short_name),
    (row.code ?? undefined) as Place,
    rowKey(form, row),
  ]
  return [...rows].sort((a, b) => {
    const others = places(b)
    return (
      places(a)
        .map((place, n) => inPlace(place, others[n]))
        .find((order) => order !== 0) ?? 0
    )
  })
}

/** The text of a package's file. */
const names =
  'extends name label title annex measure scope names hide rename groups order require type kind field to of required private ' +
  'mobile compact person of_year choices replace also if than value values add fields weight min max counted_in sum unprinted group width ' +
  'synonyms note computed form by keys rules among at_least at_most per severity when says'
const placeOf = new Map(names.split(' ').map((name, at) => [name, at]))

/** A definition with its names in the order in which people write it: PostgreSQL keeps those of JSON in its own. */
export function inWrittenOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inWrittenOrder) as T
  if (typeof value !== 'object' || value === null) return value
  const place = (name: string) => placeOf.get(name) ?? placeOf.size
  const entries = Object.entries(value).sort(([a], [b]) => place(a) - place(b))
  return Object.fromEntries(entries.map(([name, each]) => [name, inWrittenOrder(each)])) as T
}

export const textOfPackage = (content: CampaignPackage): string => `${JSON.stringify(content, null, 2)}\n`

const MAX_ROWS_A_SECTION = 5_000

/** A package as somebody sent it, checked for its shape; what its rows say is checked when they are written. */
export function readPackage(given: unknown): CampaignPackage {
  if (!isRecord(given) || given.format !== PACKAGE_FORMAT) throw badRequest('这不是本系统的活动包。')
  if (given.format_version !== PACKAGE_VERSION) throw badRequest('这个活动包由更新的版本建立，请先升级本程序。')
  const known = ['format', 'format_version', 'campaign', 'forms', 'print_templates', ...sections]
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) throw badRequest(`活动包里没有“${unknown.slice(0, 40)}”这一部分。`)
  if (!isRecord(given.campaign)) throw invalid({ campaign: '活动包要写 campaign：年度、名称和起止日期。' })
  const { forms = [] } = given
  if (!Array.isArray(forms) || !forms.every(isRecord)) throw invalid({ forms: 'forms 应是一列定义。' })
  for (const section of sections) {
    const rows = given[section] ?? []
    const isList = Array.isArray(rows) && rows.length <= MAX_ROWS_A_SECTION && rows.every(isRecord)
    if (!isList) throw invalid({ [section]: `${section} 应是一列，最多 ${MAX_ROWS_A_SECTION} 行。` })
  }
  const templates = readTemplates(given.print_templates)
  return { ...given, forms, print_templates: templates } as CampaignPackage
}
