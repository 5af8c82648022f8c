/**
 * Print templates in a package: the file as base64, with the columns that fill its blanks. What the file holds is looked at when it
 * is printed into, in the reading thread; here it is bytes of a limited size.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { invalid } from '../../errors.ts'
import { type Forms, formOf, type PrintBlank, readBlanks } from '../../forms/index.ts'
import { canonicalText, isRecord } from '../../requests.ts'

const MAX_TEMPLATES = 40
const MAX_BYTES = 2 * 1024 * 1024
/** All of them together: a package is sent in one piece. */
const MAX_ALL_CHARS = 12 * 1024 * 1024
const MAX_NAME_CHARS = 60
const MAX_FILE_NAME_CHARS = 200

/** A print template as a package has it; `content` is its file in base64. */
export type PackagedTemplate = {
  form: string
  name: string
  format: 'docx' | 'xlsx'
  file_name: string
  blanks: PrintBlank[]
  content: string
}

type StoredTemplate = PackagedTemplate & { id: number; version: number }

const keyOf = ({ form, name }: PackagedTemplate) => `${form} ${name}`
const blankNames = ['at', 'label', 'group', 'nth', 'side', 'kind', 'choices', 'hint', 'field', 'guessed'] as const
/** PostgreSQL keeps the names of JSON in an order of its own. */
const inWrittenOrder = (blank: PrintBlank): PrintBlank =>
  Object.fromEntries(blankNames.flatMap((name) => (name in blank ? [[name, blank[name]]] : []))) as PrintBlank

async function storedIn(trx: Trx, campaignId: number): Promise<StoredTemplate[]> {
  const { rows } = await sql<StoredTemplate>`
    select p.id, p.version, p.form, p.name, p.format, p.file_name, p.blanks, replace(encode(p.content, 'base64'), e'\n', '') as content
    from print_templates p where p.campaign_id = ${campaignId} and p.deleted_at is null order by p.form, p.name`.execute(
    trx,
  )
  return rows
}

/** The templates of a campaign, in a stable order: as its registers stand, then by name. */
export async function packagedTemplates(
  trx: Trx,
  campaignId: number,
  registers: readonly string[],
): Promise<PackagedTemplate[]> {
  const stored = await storedIn(trx, campaignId)
  const rank = ({ form }: PackagedTemplate) => registers.indexOf(form)
  return stored
    .filter((template) => rank(template) >= 0)
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    .map(({ form, name, format, file_name, blanks, content }) => ({
      ...{ form, name, format, file_name },
      blanks: blanks.map(inWrittenOrder),
      content,
    }))
}

/** The part of a package as somebody sent it; refuses what has not its shape. */
export function readTemplates(given: unknown): PackagedTemplate[] {
  const refuse = (n?: number) =>
    invalid({
      [n === undefined ? 'print_templates' : `print_templates.${n}`]:
        `打印的样子应写明 form、name、format、file_name、blanks 和 content（base64，一个最多 2 MB），最多 ${MAX_TEMPLATES} 个。`,
    })
  if (given === undefined) return []
  if (!Array.isArray(given) || given.length > MAX_TEMPLATES) throw refuse()
  let chars = 0
  for (const [n, each] of given.entries()) {
    const isText = (name: string, most: number) =>
      isRecord(each) && typeof each[name] === 'string' && each[name].length > 0 && (each[name] as string).length <= most
    const isSound =
      isRecord(each) &&
      isText('form', MAX_NAME_CHARS) &&
      isText('name', MAX_NAME_CHARS) &&
      isText('file_name', MAX_FILE_NAME_CHARS) &&
      (each.format === 'docx' || each.format === 'xlsx') &&
      isText('content', (MAX_BYTES * 4) / 3 + 4) &&
      /^[A-Za-z0-9+/]+={0,2}$/.test(String(each.content)) &&
      Array.isArray(each.blanks) &&
      Object.keys(each).every((name) => ['form', 'name', 'format', 'file_name', 'blanks', 'content'].includes(name))
    if (!isSound) throw refuse(n)
    chars += String(each.content).length
  }
  if (chars > MAX_ALL_CHARS) throw refuse()
  const keys = (given as PackagedTemplate[]).map(keyOf)
  const twice = keys.findIndex((key, n) => keys.indexOf(key) !== n)
  if (twice >= 0) throw refuse(twice)
  return given as PackagedTemplate[]
}

function blanksOf(forms: Forms, { form: name, blanks }: PackagedTemplate, n: number): PrintBlank[] {
  const form = formOf(forms, name)
  if (form?.scope !== 'unit') throw invalid({ [`print_templates.${n}.form`]: `这个年度没有登记表“${name}”。` })
  const read = readBlanks(form, blanks)
  if (!('errors' in read)) return read.blanks
  throw invalid(
    Object.fromEntries(Object.entries(read.errors).map(([at, told]) => [`print_templates.${n}.${at}`, told])),
    '活动包里有几处要改，什么也没有写。',
  )
}

const isSame = (one: PackagedTemplate, other: PackagedTemplate) =>
  one.content === other.content && one.format === other.format && one.file_name === other.file_name

/** Makes the templates of a campaign those of a package; answers what changed, as sentences. */
export async function loadTemplates(
  trx: Trx,
  campaignId: number,
  forms: Forms,
  wanted: readonly PackagedTemplate[],
): Promise<string[]> {
  const stored = new Map((await storedIn(trx, campaignId)).map((each) => [keyOf(each), each]))
  const changes: string[] = []
  const remove = ({ id, version }: StoredTemplate) =>
    sql`update print_templates set deleted_at = now(), version = version + 1 where id = ${id} and version = ${version}`.execute(
      trx,
    )
  for (const [n, each] of wanted.entries()) {
    const blanks = JSON.stringify(blanksOf(forms, each, n))
    const known = stored.get(keyOf(each))
    stored.delete(keyOf(each))
    if (known && isSame(known, each)) {
      if (canonicalText(known.blanks) === canonicalText(JSON.parse(blanks))) continue
      await sql`update print_templates set blanks = ${blanks}::jsonb, version = version + 1
        where id = ${known.id} and version = ${known.version}`.execute(trx)
    } else {
      if (known) await remove(known)
      const content = Buffer.from(each.content, 'base64')
      const sha256 = createHash('sha256').update(content).digest('hex')
      await sql`insert into print_templates (campaign_id, form, name, format, file_name, content, sha256, blanks)
        values (${campaignId}, ${each.form}, ${each.name}, ${each.format}, ${each.file_name}, ${content}, ${sha256}, ${blanks}::jsonb)`.execute(
        trx,
      )
    }
    changes.push(`打印的样子“${each.name}”${known ? '改为' : '新增'}活动包里的。`)
  }
  for (const gone of stored.values()) {
    await remove(gone)
    changes.push(`打印的样子“${gone.name}”去掉。`)
  }
  return changes
}
