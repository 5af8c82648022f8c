/** What a campaign that is prepared still lacks before it is opened: told, not forbidden. */
import { sql } from 'kysely'
import type { Trx } from '../database/connection.ts'

/** One thing that is missing, in a sentence; of whom or of what, as far as it has names; and the page on which it is put right. */
export type Gap = { id: string; says: string; names: string[]; page: string }

type Readiness = {
  units: number
  metrics: number
  deadlines: number
  without_quota: string[]
  without_account: string[]
  drafts: string[]
}

/** What is missing of a campaign, in the order in which it is prepared. Nothing where all is there. */
export async function gapsOf(trx: Trx, campaignId: number): Promise<Gap[]> {
  const { rows } = await sql<Readiness>`
    with filing as (
      select u.id, u.short_name, p.annex_order from participations p join units u on u.id = p.unit_id
      left join unit_kinds k on k.name = u.kind and k.deleted_at is null
      where p.campaign_id = ${campaignId} and p.deleted_at is null and k.duty is null),
    ours as (select * from metrics m where m.campaign_id = ${campaignId} and m.deleted_at is null)
    select (select count(*) from filing)::integer as units, (select count(*) from ours)::integer as metrics,
      (select count(*) from stages s where s.campaign_id = ${campaignId} and s.deleted_at is null and s.is_deadline)::integer as deadlines,
      (select coalesce(json_agg(f.short_name order by f.annex_order, f.id), '[]') from filing f
        where exists (select from ours m where m.has_quota) and not exists (
          select from quotas q where q.campaign_id = ${campaignId} and q.unit_id = f.id and q.deleted_at is null)) as without_quota,
      (select coalesce(json_agg(f.short_name order by f.annex_order, f.id), '[]') from filing f where not exists (
        select from users u where u.unit_id = f.id and u.role = 'clerk' and u.disabled_at is null)) as without_account,
      (select coalesce(json_agg(coalesce(d.definition ->> 'label', d.name) order by d.name), '[]') from form_designs d
        where d.campaign_id = ${campaignId} and d.state = 'draft' and d.deleted_at is null) as drafts`.execute(trx)
  const found = rows[0] as Readiness
  const gap = (isMissing: boolean, id: string, says: string, page: string, names: string[] = []): Gap[] =>
    isMissing ? [{ id, says, names, page }] : []
  const some = (names: string[], id: string, says: string, page: string) =>
    gap(names.length > 0, id, `${names.length} ${says}`, page, names)
  return [
    ...gap(found.units === 0, 'units', '还没有参加单位', 'participations'),
    ...gap(found.metrics === 0, 'metrics', '还没有任务指标', 'metrics'),
    ...some(found.without_quota, 'quotas', '个单位没有任务', 'quotas'),
    ...gap(found.deadlines === 0, 'stages', '日程里没有截止日', 'stages'),
    ...some(found.drafts, 'forms', '张表单设计还没有发布', 'form_designs'),
    ...some(found.without_account, 'accounts', '个单位没有能填报的账号', 'users'),
  ]
}
