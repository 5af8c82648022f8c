/** A collection found in a notice as a row of the package. */
import type { PackageRow } from '../../campaigns/packages/package.ts'
import { fileKinds } from '../../forms/files.ts'
import { answerTo, type ConfirmedProposal } from './confirmed.ts'
import type { HostFact } from './facts.ts'

const MEGABYTE = 1_048_576
const clip = (text: string, chars: number) => text.slice(0, chars)

/** A collection as the package has it. What has no column of its own stands in its words. */
export function collectionOf(host: HostFact, n: number, confirmed: ConfirmedProposal, unit: string): PackageRow {
  const { limits, per_unit, until } = host
  const isExact = answerTo(confirmed, 'hosts.count') === 'exactly'
  const said = [
    host.content,
    per_unit ? `每单位${per_unit.says}。` : '',
    until ? `${until} 截止。` : '',
    limits.min_followers ? `粉丝 ${limits.min_followers} 以上。` : '',
  ]
  const megabytes = limits.max_file_bytes && Math.max(1, Math.round(limits.max_file_bytes / MEGABYTE))
  const kinds = (limits.formats ?? []).filter((format) => fileKinds.includes(format))
  const national = answerTo(confirmed, `hosts.same.${host.id}`)
  const above = confirmed.hosts.find(({ id }) => id === national)
  const row = {
    code: `C${n}`,
    title: clip(host.title, 100),
    medium: clip(host.medium || '作品', 20),
    host_unit_id: unit,
    content: clip(said.filter((text) => text !== '').join('\n'), 1000),
    entrance: host.entrance ? clip(host.entrance, 500) : undefined,
    sub_themes: host.sub_themes.length > 0 ? host.sub_themes : undefined,
    sub_theme_required: host.sub_themes.length > 0 ? true : undefined,
    tags: host.tags.length > 0 ? host.tags : undefined,
    min_chars: limits.min_chars,
    max_chars: limits.max_chars,
    min_seconds: limits.min_seconds,
    max_seconds: limits.max_seconds,
    suggested_seconds: limits.suggested_seconds,
    max_file_mb: megabytes,
    min_files: limits.min_files,
    max_files: limits.max_files,
    file_kinds: kinds.length > 0 ? kinds : undefined,
    min_per_unit: isExact ? per_unit?.max : per_unit?.min,
    max_per_unit: per_unit?.max,
    national_activity_id: above ? clip(above.title, 100) : undefined,
  }
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as PackageRow
}
