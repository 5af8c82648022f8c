/** Kinds of units by their names, and which of those a notice is addressed to are listed nowhere. */
import type { HostFact, UnitFact } from './facts.ts'
import type { NoticeFrame } from './frame.ts'

/** What all full names of units end with beyond what a table prints: 合肥 is 合肥市总工会. '' where names are printed in full. */
export function suffixOf(units: readonly UnitFact[], hosts: readonly HostFact[]): string {
  if (units.some(({ name, kind }) => kind !== null || /(?:工会|自治州|市|区|县)$/.test(name))) return ''
  const suffixes = hosts
    .flatMap(({ hosts: names }) => names)
    .flatMap((name) => {
      const unit = units.find((each) => name.startsWith(each.name) && name.length > each.name.length)
      return unit ? [name.slice(unit.name.length)] : []
    })
  const [first, ...others] = new Set(suffixes)
  return first !== undefined && others.length === 0 ? first : ''
}

/** What is left of an address when all that goes without saying is gone: 各省级产业工会 is 产业. */
const core = (phrase: string) =>
  phrase
    .replace(/^各/, '')
    .replace(/(?:人民政府|管委会|有关部门|总工会|工会|会)$/, '')
    .replace(/省级|自治/g, '')

/** Kinds that the notice is addressed to and no listed unit is of. */
export function missingKinds({ addressees }: NoticeFrame, units: readonly UnitFact[], suffix: string): string[] {
  if (!addressees) return []
  const known = units.flatMap(({ name, kind }) => [`${name}${suffix}`, kind ?? ''])
  const areUnions = units.filter(({ name }) => /[^总]工会$/.test(name)).length > 1
  return addressees.said
    .replace(/[:：]$/, '')
    .split(/[，、,]/)
    .flatMap((part) => part.split('及'))
    .map((phrase) => phrase.trim())
    .filter((phrase) => {
      const words = core(phrase)
      if (words === '' || known.some((name) => name.includes(words))) return false
      return !(areUnions && /产业|系统|工会$/.test(phrase))
    })
}
