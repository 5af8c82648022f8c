/** Photos, screenshots and works: uploaded once, referred to by rows, readable by whoever may see such a row. */
import { createHash } from 'node:crypto'
import { Router } from 'express'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { forbidden, notFound, Refusal } from './errors.ts'
import { idOf } from './requests.ts'
import { receiveFile } from './upload.ts'

const maxBytes = 20 * 1_048_576

/** Shown in the browser; everything else is only ever downloaded. */
const shown = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'audio/mpeg',
  'audio/mp4',
  'video/mp4',
  'video/webm',
])
const kept = new Set([
  ...shown,
  'application/pdf',
  'text/plain',
  'application/msword',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
])

type StoredFile = { id: number; name: string; type: string; size: number }

/** POST /files, GET /files/:id. */
export function fileRoutes(database: Database): Router {
  const router = Router()
  router.post('/files', async (request, response) => {
    const { identity, request_id } = response.locals as { identity: { session: string }; request_id: string }
    const upload = await receiveFile(request, maxBytes)
    if (!kept.has(upload.type)) throw new Refusal(415, '只能上传图片、音频、视频、PDF、Word、Excel 或文本文件。')
    if (upload.bytes.length === 0) throw new Refusal(422, '这个文件是空的，请核对后再传。')
    const digest = createHash('sha256').update(upload.bytes).digest('hex')
    const stored = await database.inTx(
      identity,
      async (trx, person) => {
        if (person.role !== 'clerk' && person.role !== 'province') throw forbidden()
        const made = await sql<StoredFile>`
          insert into files (unit_id, name, type, size, sha256, content)
          values (${person.unit_id}, ${upload.name}, ${upload.type}, ${upload.bytes.length}, ${digest}, ${upload.bytes})
          returning id, name, type, size`.execute(trx)
        return made.rows[0]
      },
      { request_id },
    )
    response.status(201).json(stored)
  })
  router.get('/files/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const file = await database.inTx(response.locals.identity, async (trx) => {
      const found = await sql<
        StoredFile & { content: Buffer }
      >`select f.id, app.file_name(f.id) as name, f.type, f.content from files f where f.id = ${id}`.execute(trx)
      if (!found.rows[0]) throw notFound()
      return found.rows[0]
    })
    const how = shown.has(file.type) ? 'inline' : 'attachment'
    response.set({
      'Content-Type': file.type,
      'Content-Disposition': `${how}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cache-Control': 'private, max-age=3600',
    })
    response.send(file.content)
  })
  return router
}
