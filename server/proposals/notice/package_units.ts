/** Units of a confirmed proposal: who leads, who takes part, who hosts; those that are known stay as they are. */
import type { PackageRow } from '../../campaigns/packages/package.ts'
import { answerTo, type ConfirmedProposal } from './confirmed.ts'

export type KnownUnits = { units: readonly PackageRow[]; kinds: readonly PackageRow[] }
export type PackageUnits = {
  unit_kinds: PackageRow[]
  units: PackageRow[]
  participations: PackageRow[]
  /** The short name of a unit by what a notice calls it. */
  shortOf: (printed: string) => string | undefined
}

const ENDS: readonly [RegExp, string][] = [
  [/(?:市|州|地区)$/, '市州'],
  [/(?:新区|开发区|示范区)$/, '新区'],
  [/(?:市|县|区)总工会$/, '市总工会'],
  [/工会$/, '产业工会'],
]
const OTHER_UNITS = '其他单位'
const ALL_UNITS = '填报单位'
const MAX_SHORT_CHARS = 20

const kindByName = (name: string): string => ENDS.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER_UNITS
/** Of names of units what goes without saying: 塘沽街道总工会 is 塘沽街道. */
const shorten = (name: string) => {
  const short = name.replace(/(?:总工会|工会)$/, '')
  return (short.length >= 2 ? short : name).slice(0, MAX_SHORT_CHARS)
}

/** Adds units one by one: a known one as it is, a new one under a short name that nobody has. */
function roll({ units: known, kinds: knownKinds }: KnownUnits) {
  const units: PackageRow[] = []
  const kinds: PackageRow[] = []
  const byName = new Map<string, string>()
  const addKind = (name: string, duty?: string) => {
    if (kinds.some((kind) => kind.name === name)) return
    const there = knownKinds.find((kind) => kind.name === name)
    kinds.push(there ? { ...there } : { name, ...(duty ? { duty } : {}) })
  }
  function add(name: string, kind: string, printed = name, duty?: string): string {
    const had = byName.get(name)
    if (had !== undefined) return had
    const there = known.find((unit) => unit.name === name || [unit.also_known_as].flat().includes(name))
    const isFree = (short: string) => ![...known, ...units].some((unit) => unit.short_name === short)
    const wished = printed === name ? shorten(name) : printed
    const short = there ? String(there.short_name) : isFree(wished) ? wished : name.slice(0, MAX_SHORT_CHARS)
    units.push(there ? { ...there } : { name, short_name: short, kind })
    addKind(there ? String(there.kind) : kind, there ? undefined : duty)
    byName.set(name, short)
    byName.set(printed, short)
    return short
  }
  return { add, addKind, units, kinds, byName }
}

/** Who takes part in the campaign, in the order of its table of quotas; whoever leads and hosts beside them. */
export function unitsOfPackage(confirmed: ConfirmedProposal, known: KnownUnits): PackageUnits {
  const { campaign, units: found, hosts } = confirmed
  const { add, addKind, units, kinds, byName } = roll(known)
  const suffix = String(answerTo(confirmed, 'units.full_names') ?? '')
  const isByName = answerTo(confirmed, 'units.kinds') === 'by_name'
  const kindOf = (name: string, kind: string | null | undefined) =>
    kind || suffix || (isByName ? kindByName(name) : ALL_UNITS)
  const participations: PackageRow[] = found.map(({ name, kind }, n) => ({
    annex_order: n + 1,
    unit_id: add(`${name}${suffix}`, kindOf(name, kind), name),
  }))
  const takePart = (unit: string) => {
    if (!participations.some(({ unit_id }) => unit_id === unit)) participations.push({ unit_id: unit })
  }
  const issuers = (Array.isArray(campaign.issued_by) ? campaign.issued_by : []).map(String)
  for (const [n, name] of issuers.entries()) {
    const oversees = /网信/.test(name)
    if (n > 0 && !oversees) continue
    takePart(add(name, name.slice(0, 30), name, oversees ? 'oversees' : 'leads'))
  }
  if (answerTo(confirmed, 'units.missing') !== 'none')
    for (const host of hosts.filter(({ level }) => level === 'own')) {
      const [name] = host.hosts
      if (name && !byName.has(name)) takePart(add(name, kindByName(name)))
    }
  const more = answerTo(confirmed, 'units.more')
  for (const kind of Array.isArray(more) ? more : []) addKind(String(kind).slice(0, 30))
  return {
    unit_kinds: kinds.map((kind, n) => ({ ...kind, position: kind.position ?? n + 1 })),
    units,
    participations,
    shortOf: (printed) => byName.get(printed),
  }
}
