/** Photos, screenshots and works: uploaded once, referred to by rows, readable by whoever may see such a row. */
import { createHash } from 'node:crypto'
import { type Request, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { forbidden, invalid, notFound, Refusal } from '../errors.ts'
import { BYTES_A_MB, type FileLimits, fileFault, kindsOfFile } from '../forms/index.ts'
import { campaignOf } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { withoutTraces } from './blind_media.ts'
import { receiveFile } from './upload.ts'

const MAX_FILE_BYTES = 20 * BYTES_A_MB

/** Shown in the browser; everything else is only ever downloaded. */
const isShown = (type: string) => kindsOfFile(type).length > 0 && !kindsOfFile(type).includes('文档')

type StoredFile = { id: number; name: string; type: string; size: number }
type ByteRange = { start: number; end: number }

/**
 * The one part a request asks for, so that a video can be sought in; undefined means the whole file, which is also what
 * RFC 9110 allows for several parts at once. 416 for a part beyond the end.
 */
function partOf(request: Request, size: number): ByteRange | undefined {
  const ranges = request.range(size)
  if (ranges === -1) throw new Refusal(416, '要的部分超出了文件的长度。')
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  return ranges[0]
}

function mayUpload({ role }: Person) {
  if (role !== 'clerk' && role !== 'province') throw forbidden('您的角色不能上传文件。')
}

/** Refuses a file that the collection it is for does not take, before it is kept. */
async function checkLimits(trx: Trx, id: number, { name, type, bytes }: { name: string; type: string; bytes: Buffer }) {
  const found = await sql<FileLimits>`
    select c.file_kinds, c.max_file_mb from collections c where c.id = ${id} and c.deleted_at is null`.execute(trx)
  if (!found.rows[0]) throw notFound()
  const fault = fileFault({ name, type, size: bytes.length }, found.rows[0])
  if (fault) throw invalid({ files: fault }, fault)
}

/** A file as jurors get it, or the part of it that is asked for: what it says of its author is taken out of the whole. */
async function blindPart(trx: Trx, request: Request, file: StoredFile) {
  const read = await sql<{ content: Buffer }>`select f.content from files f where f.id = ${file.id}`.execute(trx)
  const content = withoutTraces(read.rows[0]?.content ?? Buffer.alloc(0), file.type)
  const part = partOf(request, content.length)
  const asked = part ? content.subarray(part.start, part.end + 1) : content
  return { file: { ...file, size: content.length, content: asked }, part }
}

/** POST /files, GET /files/:id. */
export function fileRoutes(database: Database): Router {
  const router = Router()
  router.post('/files', async (request, response) => {
    // rights first: nobody's bytes are read who may not keep them here
    await asAsker(database, response, async (_trx, person) => mayUpload(person))
    const upload = await receiveFile(request, MAX_FILE_BYTES)
    if (kindsOfFile(upload.type).length === 0)
      throw new Refusal(415, '只能上传图片、音频、视频、PDF、Word、Excel 或文本文件。')
    if (upload.bytes.length === 0) throw new Refusal(422, '这个文件是空的，请核对后再传。')
    const digest = createHash('sha256').update(upload.bytes).digest('hex')
    const stored = await asAsker(database, response, async (trx, person) => {
      mayUpload(person)
      const { campaign_id, collection_id } = upload.fields
      const campaign = await campaignOf(trx, campaign_id === undefined ? undefined : idOf(campaign_id))
      if (collection_id !== undefined) await checkLimits(trx, idOf(collection_id), upload)
      const made = await sql<{ id: number }>`
        insert into files (campaign_id, unit_id, name, type, size, sha256, content)
        values (${campaign.id}, ${person.unit_id}, ${upload.name}, ${upload.type}, ${upload.bytes.length}, ${digest}, ${upload.bytes})
        returning id`.execute(trx)
      return { id: made.rows[0]?.id, name: upload.name, type: upload.type, size: upload.bytes.length }
    })
    response.status(201).json(stored)
  })
  router.get('/files/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const { file, part } = await asAsker(database, response, async (trx, person) => {
      const about = await sql<StoredFile>`
        select f.id, app.file_name(f.id) as name, f.type, f.size from files f where f.id = app.meant(${id})`.execute(
        trx,
      )
      const known = about.rows[0]
      if (!known) throw notFound()
      if (person.role === 'juror') return blindPart(trx, request, known)
      const asked = partOf(request, known.size)
      const content = asked
        ? sql`substring(f.content from ${asked.start + 1} for ${asked.end - asked.start + 1})`
        : sql`f.content`
      const read = await sql<{
        content: Buffer
      }>`select ${content} as content from files f where f.id = ${known.id}`.execute(trx)
      return { file: { ...known, content: read.rows[0]?.content }, part: asked }
    })
    const how = isShown(file.type) ? 'inline' : 'attachment'
    response.set({
      'Content-Type': file.type,
      'Content-Disposition': `${how}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Accept-Ranges': 'bytes',
    })
    if (part) response.status(206).set('Content-Range', `bytes ${part.start}-${part.end}/${file.size}`)
    response.send(file.content)
  })
  return router
}
