// What a new database begins with: the campaign of 2019 and the first administrator. Both may be asked for at every
// start; what is there already is left as it is.
import { hashPassword } from '../server/people/passwords.ts'
import {
  campaign,
  collections,
  metrics,
  nationalActivities,
  quotas,
  stages,
  unitKinds,
  units,
} from './campaign_2019.ts'
import { addRows, asOwner, hasRows, type Owner } from './owner.ts'

/** Loads the notice of 2019 unless the database has a campaign of that year. Needs a migrated database. */
export function loadCampaign2019(ownerUrl: string): Promise<void> {
  return asOwner(ownerUrl, async (owner) => {
    const known = await owner.query('select from campaigns where year = $1', [campaign.year])
    if (known.rowCount) return
    const opened_at = new Date().toISOString()
    const [campaign_id] = await addRows(owner, 'campaigns', [{ ...campaign, state: 'running', opened_at }])
    const unitIds = await addUnits(owner)
    await addRows(
      owner,
      'participations',
      units.map(({ short_name, annex_order }) => ({ campaign_id, unit_id: unitIds.get(short_name), annex_order })),
    )
    await addRows(
      owner,
      'metrics',
      metrics.map((metric) => ({ campaign_id, ...metric })),
    )
    await addRows(
      owner,
      'quotas',
      quotas.map(({ unit, ...numbers }) => ({ campaign_id, unit_id: unitIds.get(unit), ...numbers })),
    )
    const titles = nationalActivities.map(({ title }) => title)
    const activities = await addRows(
      owner,
      'national_activities',
      nationalActivities.map((activity, i) => ({ campaign_id, position: i + 1, ...activity })),
    )
    await addRows(
      owner,
      'collections',
      collections.map(({ host, national_activity, ...collection }) => ({
        campaign_id,
        host_unit_id: unitIds.get(host),
        national_activity_id: activities[titles.indexOf(national_activity ?? '')] ?? null,
        ...absent,
        ...collection,
      })),
    )
    await addStages(owner, campaign_id)
  })
}

/** All rows of one `addRows` have the same fields. */
const absent = {
  sub_themes: null,
  sub_theme_required: null,
  tags: null,
  max_chars: null,
  max_seconds: null,
  suggested_seconds: null,
  slots: ['主件', '封面', '文稿'],
  needed_slots: null,
}

/** Ids by short name. The units of an earlier campaign stay; one that is missing is added. */
async function addUnits(owner: Owner): Promise<Map<string, number>> {
  const read = async () => {
    const known = await owner.query('select id, short_name from units')
    return new Map(known.rows.map((row) => [row.short_name as string, row.id as number]))
  }
  const known = await read()
  const kinds = await owner.query('select name from unit_kinds where deleted_at is null')
  await addRows(
    owner,
    'unit_kinds',
    unitKinds.filter(({ name }) => !kinds.rows.some((row) => row.name === name)),
  )
  await addRows(
    owner,
    'units',
    units.filter(({ short_name }) => !known.has(short_name)).map(({ annex_order: _, ...unit }) => unit),
  )
  return read()
}

/**
 * A stage that is over when the notice is loaded locks nothing: whoever starts today with the notice of 2019 must be
 * able to enter its records. The province switches the locks on where it wants them (进度安排).
 */
async function addStages(owner: Owner, campaign_id: number | undefined) {
  const clock = await owner.query(`select (now() at time zone 'Asia/Shanghai')::date::text as today`)
  const today = clock.rows[0].today as string
  await addRows(
    owner,
    'stages',
    stages.map(({ is_deadline = false, locks = null, ...stage }, i) => ({
      campaign_id,
      position: i + 1,
      ...stage,
      is_deadline,
      locks: stage.ends_on < today ? null : locks,
    })),
  )
}

/**
 * Creates the account `admin` of the province, who must change the password at the first login. Answers false, and
 * does nothing, if the database has any account. Needs `loadCampaign2019`, which brings the unit.
 */
export function createAdmin(ownerUrl: string, password: string): Promise<boolean> {
  return asOwner(ownerUrl, async (owner) => {
    if (await hasRows(owner, 'users')) return false
    const found = await owner.query(
      `select id from units where kind in (select name from unit_kinds where duty = 'leads') order by id limit 1`,
    )
    const password_hash = await hashPassword(password)
    await addRows(owner, 'users', [
      { username: 'admin', name: '管理员', role: 'province', unit_id: found.rows[0]?.id, password_hash },
    ])
    return true
  })
}
