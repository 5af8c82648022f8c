/**
 * The campaign of 2019 as the notice 皖工发〔2019〕17号 orders it: its package, which is what a new installation begins with
 * (packages/2019-anhui.json; where each part of it comes from stands in packages/README.md).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Section } from '../server/campaigns/packages/package.ts'

type PackagedRow = Record<string, string | number | boolean | string[] | null>

const content = JSON.parse(
  readFileSync(join(import.meta.dirname, 'packages', '2019-anhui.json'), 'utf8'),
) as unknown as Record<string, PackagedRow[]> & {
  campaign: { year: number; name: string; starts_on: string; ends_on: string }
}

/** Rows of a section; `T` says which of their fields are wanted. */
export const rowsOf = <T = PackagedRow>(section: Section): readonly T[] => (content[section] ?? []) as T[]
export const { campaign } = content

/**
 * What each stage locks when it is over, as we read the notice: when the works are shortlisted, the registers are complete.
 * The package locks nothing, so that whoever starts today with the notice of 2019 can enter its records; the demonstration,
 * which stands in August 2019, does.
 */
export const locks: Readonly<Record<string, readonly string[]>> = {
  入围截止: ['organizations', 'propagandists', 'events', 'attendance', 'reach', 'submissions'],
}
