// A workbook taken in: its bytes and what was said with them become an import, or corrections of one that waits for them.
// Numbers of identity cards are blanked before anything is kept; what can't be looked into is not kept at all.
import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden } from '../errors.ts'
import { receiveFile } from '../files/upload.ts'
import { withoutIdentity } from '../forms/index.ts'
import { campaignOf, relationFor } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { idOf } from '../requests.ts'
import { cleanedInTurn } from '../workbook/clean/whole.ts'
import { LIMITS, WorkbookRefused } from '../workbook/read.ts'
import { join } from './decide/corrected_file.ts'
import type { ChosenColumns } from './read/mapping.ts'

/** The form's relation in a campaign, or a refusal for whoever may import nothing into it. */
export function mayImport(database: Database, person: Person, name: string, campaignId?: number): Relation {
  const relation = relationFor(database, person, name, campaignId)
  if (relation.sight.insert.size === 0) throw forbidden('您的角色不能导入这张表。')
  return relation
}

type Received = {
  import_id: number
  /** Why the file can't be read. Of such a file nothing is kept but its name. */
  refused?: WorkbookRefused
}

/** Takes a file in; answers its import. When this is over nobody holds the bytes any more, however long the run waits. */
export async function receive(
  request: Request<{ form: string }>,
  database: Database,
  person: Person,
  { identity, request_id }: { identity: Identity; request_id?: string },
): Promise<Received> {
  const { form } = request.params
  const upload = await receiveFile(request, LIMITS.file_bytes)
  const { continues, ...fields } = upload.fields
  const name = withoutIdentity(upload.name)
  const file = await keepable(upload.bytes, name)
  const joined =
    'bytes' in file &&
    (await join(database, identity, {
      form,
      file_name: name,
      bytes: file.bytes,
      continues: continues === undefined ? undefined : idOf(continues),
    }))
  if (joined) return { import_id: joined }
  const importId = await database.inTx(identity, (trx) => keep(trx, database, person, form, { name, file, fields }), {
    request_id,
  })
  return 'refused' in file ? { import_id: importId, refused: file.refused } : { import_id: importId }
}

/** A workbook that was put together here and not sent, with its columns given to their fields; answers its import. */
export async function receiveMade(
  database: Database,
  person: Person,
  { identity, request_id }: { identity: Identity; request_id?: string },
  made: { form: string; campaign_id: number; name: string; bytes: Buffer; columns: Record<string, ChosenColumns> },
): Promise<number> {
  const file = await keepable(made.bytes, made.name)
  if ('refused' in file) throw file.refused
  const fields = { campaign_id: String(made.campaign_id) }
  return database.inTx(
    identity,
    async (trx) => {
      const id = await keep(trx, database, person, made.form, { name: withoutIdentity(made.name), file, fields })
      await sql`update imports set decisions = ${JSON.stringify({ mapping: made.columns })}::jsonb where id = ${id}`.execute(
        trx,
      )
      return id
    },
    { request_id },
  )
}

type Keepable = { bytes: Buffer; blanked: number } | { refused: WorkbookRefused }

/** The bytes as they may be kept, and how many identity numbers were blanked in them. */
async function keepable(bytes: Buffer, fileName: string): Promise<Keepable> {
  try {
    return await cleanedInTurn(bytes, fileName)
  } catch (error) {
    if (error instanceof WorkbookRefused) return { refused: error }
    throw error
  }
}

type FileToKeep = { name: string; file: Keepable; fields: Record<string, string> }

/** Stores the file for its unit and campaign; answers the import's id. */
async function keep(trx: Trx, database: Database, person: Person, formName: string, kept: FileToKeep): Promise<number> {
  const { campaign_id, unit_id, ...others } = kept.fields
  const unknown = Object.keys(others)[0]
  if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  const campaign = await campaignOf(trx, campaign_id === undefined ? undefined : idOf(campaign_id))
  const { form } = mayImport(database, person, formName, campaign.id)
  const unit = form.scope === 'unit' ? person.unit_id : null
  if (unit_id !== undefined && form.scope === 'unit' && Number(unit_id) !== unit)
    throw forbidden('只能导入到本单位；别的单位的表请由它自己导入。')
  const { bytes, blanked } = 'bytes' in kept.file ? kept.file : { bytes: null, blanked: 0 }
  const sha256 = createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
  const stored = await sql<{ id: number }>`
    insert into imports (form, campaign_id, unit_id, file_name, size, sha256, content, identity_numbers)
    values (${form.name}, ${campaign.id}, ${unit}, ${kept.name}, ${bytes?.length ?? 0}, ${sha256}, ${bytes}, ${blanked}) returning id`.execute(
    trx,
  )
  return (stored.rows[0] as { id: number }).id
}
