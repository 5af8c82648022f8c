/**
 * A campaign as one file: what it is, who takes part, what is counted, which forms are in force and how they look, what is
 * collected, its days. Names stand for ids, everything in a stable order, so that two files can be compared line by line and
 * a file can be moved to another installation.
 */
import { type Definition, type Form, type Forms, formOf, type Row, type Value } from '../../forms/index.ts'

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
