/**
 * Suggestions for a reference while typing. Where the records in scope are few they are read once, so that a part of
 * the name and the initials of its pinyin find them alike; where they are many, the server is asked.
 */
import { type Field, type Form, labelOf, targetOf } from '../server/forms/index.ts'
import type { Setting } from './columns.tsx'
import { dataProvider, type StoredRow } from './dataProvider.ts'
import type { Option, Row } from './grid/index.ts'
import { matchOptions } from './grid/model/filters.ts'
import { shown } from './parts/shown.ts'

const FEW_RECORDS = 300
const MAX_SUGGESTIONS = 12
const FRESH_MS = 20_000
const MAX_KEPT_LISTS = 40

type CachedRecords = { at: number; read: Promise<{ data: StoredRow[]; total: number }> }
const kept = new Map<string, CachedRecords>()

function read(target: Form, filter: object, count: number) {
  return dataProvider
    .getList<StoredRow>(target.name, {
      pagination: { page: 1, perPage: count },
      sort: { field: 'id', order: 'ASC' },
      filter,
    })
    .then(({ data, total }) => ({ data, total: total ?? data.length }))
}

/** The first records of a scope, read again after a while. */
function known(target: Form, filter: object): CachedRecords['read'] {
  const key = JSON.stringify([target.name, filter])
  const old = kept.get(key)
  if (old && Date.now() - old.at < FRESH_MS) return old.read
  const made = { at: Date.now(), read: read(target, filter, FEW_RECORDS) }
  if (kept.size >= MAX_KEPT_LISTS) kept.clear()
  kept.set(key, made)
  made.read.catch(() => kept.delete(key))
  return made.read
}

/** A record has just been made or changed: what was read is read again. */
export const forgetKnown = (): void => kept.clear()

/** Records of another form by a part of their name or its initials, within the unit and campaign of the row. */
export async function suggest(setting: Setting, field: Field, text: string, row: Row): Promise<Option[]> {
  const { form, campaign, me } = setting
  const target = targetOf(form, { to: field.among ?? field.to })
  if (!target) return []
  // Among others, it is what these rows point to themselves.
  const by = field.among && target.fields.find(({ to }) => to === field.to)?.name
  const scope = {
    ...(target.scope !== 'global' && { campaign_id: campaign.id }),
    ...(target.scope === 'unit' && { unit_id: row.unit_id ?? me.unit_id ?? undefined }),
  }
  const about = target.fields.find((each) => each.type === 'choice' || each.type === 'date')
  const optionOf = (each: StoredRow): Option => ({
    value: by ? each[by] : each.id,
    label: String((by ? each[labelOf(by)] : each[target.names]) ?? ''),
    hint: about ? shown(about, each[about.name], each) : undefined,
  })
  const q = text.trim()
  const first = await known(target, scope)
  const near = matchOptions(first.data.map(optionOf), q)
  if (first.total <= FEW_RECORDS || q === '') return near
  const { data } = await read(target, { ...scope, q }, MAX_SUGGESTIONS)
  return data.length > 0 ? data.map(optionOf) : near
}
