// A workbook taken in: its bytes and what was said with them become an import, or corrections of one that waits for them.
import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database.ts'
import { badRequest, forbidden } from '../errors.ts'
import type { Relation } from '../query.ts'
import { campaignOf, relationFor } from '../records.ts'
import { idOf } from '../requests.ts'
import { receiveFile, type Upload } from '../upload.ts'
import { LIMITS } from '../workbook/read.ts'
import { join } from './continuing.ts'

/** The form's relation, or a refusal for whoever may import nothing into it. */
export function mayImport(database: Database, person: Person, name: string): Relation {
  const relation = relationFor(database, person, name)
  if (relation.sight.insert.size === 0) throw forbidden('您的角色不能导入这张表。')
  return relation
}

/** Takes a file in; answers its import. When this is over nobody holds the bytes any more, however long the run waits. */
export async function receive(
  request: Request<{ form: string }>,
  database: Database,
  person: Person,
  { identity, request_id }: { identity: Identity; request_id?: string },
): Promise<number> {
  const { form } = request.params
  const upload = await receiveFile(request, LIMITS.file_bytes)
  const { continues, ...fields } = upload.fields
  const joined = await join(database, identity, {
    form,
    file_name: upload.name,
    bytes: upload.bytes,
    continues: continues === undefined ? undefined : idOf(continues),
  })
  if (joined !== undefined) return joined
  return database.inTx(identity, (trx) => keep(trx, database, person, form, { ...upload, fields }), { request_id })
}

/** Stores the file for its unit and campaign; answers the import's id. */
async function keep(trx: Trx, database: Database, person: Person, name: string, upload: Upload): Promise<number> {
  const { form } = mayImport(database, person, name)
  const { campaign_id, unit_id, ...others } = upload.fields
  const unknown = Object.keys(others)[0]
  if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  const campaign = await campaignOf(trx, campaign_id === undefined ? undefined : idOf(campaign_id))
  const unit = form.scope === 'unit' ? person.unit_id : null
  if (unit_id !== undefined && form.scope === 'unit' && Number(unit_id) !== unit)
    throw forbidden('只能导入到本单位；别的单位的表请由它自己导入。')
  const { name: sent_name, bytes } = upload
  const file_name = cleanName(sent_name)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const kept = await sql<{ id: number }>`
    insert into imports (form, campaign_id, unit_id, file_name, size, sha256, content)
    values (${form.name}, ${campaign.id}, ${unit}, ${file_name}, ${bytes.length}, ${sha256}, ${bytes}) returning id`.execute(
    trx,
  )
  return (kept.rows[0] as { id: number }).id
}

/** A name that PostgreSQL and a page can show: no folders, no control characters. */
function cleanName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = name.replace(/^.*[\\/]/s, '').replace(/[\u0000-\u001f\u007f\ufffd]/g, '')
  return clean || '未命名'
}
