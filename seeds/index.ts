// What a new database begins with: the campaign of 2019 and the first administrator. Both may be asked for at every
// start; what is there already is left as it is.

import { type Section, sections } from '../server/campaigns/packages/package.ts'
import { forms } from '../server/forms/index.ts'
import { hashPassword } from '../server/people/passwords.ts'
import { campaign, rowsOf } from './campaign_2019.ts'
import { addRows, asOwner, hasRows, type Owner } from './owner.ts'

/**
 * Loads the notice of 2019 unless the database has a campaign of that year. Needs a migrated database. Units and kinds of an
 * earlier campaign stay; those that are missing are added.
 */
export function loadCampaign2019(ownerUrl: string): Promise<void> {
  return asOwner(ownerUrl, async (owner) => {
    const known = await owner.query('select from campaigns where year = $1', [campaign.year])
    if (known.rowCount) return
    const opened_at = new Date().toISOString()
    const [campaign_id] = await addRows(owner, 'campaigns', [{ ...campaign, state: 'running', opened_at }])
    for (const section of sections) await addSection(owner, section, campaign_id)
  })
}

/** The rows of a section that are not there yet; names that refer to records become their ids. */
async function addSection(owner: Owner, section: Section, campaign_id: number | undefined) {
  const form = forms[section]
  if (!form) throw new Error(`no form ${section}`)
  const fields = form.fields.filter(({ derived }) => !derived)
  const ids = new Map<string, Map<unknown, number>>()
  for (const { name, to } of fields) if (to) ids.set(name, await idsByName(owner, to))
  const there = form.scope === 'global' ? await idsByName(owner, section) : new Map()
  const rows = rowsOf(section).filter((row) => !there.has(row[form.names]))
  const added = rows.map((row) =>
    Object.fromEntries(
      fields.map(({ name }) => [name, (ids.has(name) ? ids.get(name)?.get(row[name]) : row[name]) ?? null]),
    ),
  )
  await addRows(owner, section, form.scope === 'global' ? added : added.map((row) => ({ campaign_id, ...row })))
}

async function idsByName(owner: Owner, name: string): Promise<Map<unknown, number>> {
  const found = await owner.query(
    `select id, ${owner.escapeIdentifier(forms[name]?.names ?? 'id')} as name from ${owner.escapeIdentifier(name)} where deleted_at is null`,
  )
  return new Map(found.rows.map((row) => [row.name, row.id as number]))
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
