/**
 * Print templates and what is done with them: the resource `print_templates`, prints of a register, filled forms taken in as an
 * import.
 */
import { type Response, Router } from 'express'
import type { Database, Person, Trx } from '../database/connection.ts'
import { badRequest } from '../errors.ts'
import { receiveFile } from '../files/upload.ts'
import { printColumns } from '../forms/index.ts'
import { rangeOf, readListQuery } from '../records/query.ts'
import { campaignOf } from '../records/read.ts'
import { asAsker, idOf, isRecord } from '../requests.ts'
import { cleanedInTurn } from '../workbook/clean/whole.ts'
import { disposition } from '../workbook/names.ts'
import { asFileRefusal } from '../workbook/refused.ts'
import { inTurn } from '../workbook/turns.ts'
import { lastOf, type ProposedPaper, proposeInThread } from './jobs.ts'
import {
  changeTemplate,
  contentOf,
  createTemplate,
  listTemplates,
  MAX_TEMPLATE_BYTES,
  mustKeepTemplates,
  oneTemplate,
  registerOf,
  removeTemplate,
} from './templates.ts'

export const paperTypes = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const

export function printTemplateRoutes(database: Database): Router {
  const router = Router()
  readingRoutes(router, database)
  keepingRoutes(router, database)
  return router
}

function readingRoutes(router: Router, database: Database): void {
  const run = <T>(response: Response, fn: (trx: Trx, person: Person) => Promise<T>) => asAsker(database, response, fn)
  router.get('/print_templates', async (request, response) => {
    const query = readListQuery(request.query)
    const { rows, total } = await run(response, (trx) => listTemplates(trx, database, query))
    response.set('Content-Range', rangeOf('print_templates', query.offset, rows.length, total)).json(rows)
  })
  router.get('/print_templates/:id', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await run(response, (trx) => oneTemplate(trx, database, id)))
  })
  // the empty paper: as a file to be filled by hand, and as blocks to be shown
  router.get('/print_templates/:id/file', async (request, response) => {
    const id = idOf(request.params.id)
    const { template, content } = await run(response, async (trx) => ({
      template: await oneTemplate(trx, database, id),
      content: await contentOf(trx, id),
    }))
    // one that came in a package has not been looked at yet
    await looked(content, template.file_name, registerOf(database, template.campaign_id, template.form))
    response
      .set({
        'Content-Type': paperTypes[template.format],
        'Content-Disposition': disposition(template.file_name, `template-${id}.${template.format}`),
      })
      .send(content)
  })
  router.get('/print_templates/:id/paper', async (request, response) => {
    const id = idOf(request.params.id)
    const { template, bytes } = await run(response, async (trx) => ({
      template: await oneTemplate(trx, database, id),
      bytes: await contentOf(trx, id),
    }))
    const form = registerOf(database, template.campaign_id, template.form)
    const { paper, blanks } = await looked(bytes, template.file_name, form)
    response.json({ paper, columns: printColumns(form), proposed: blanks })
  })
}

/** What the province does with them. */
function keepingRoutes(router: Router, database: Database): void {
  const kept = <T>(response: Response, fn: (trx: Trx) => Promise<T>) =>
    asAsker(database, response, (trx, person) => {
      mustKeepTemplates(person)
      return fn(trx)
    })
  router.post('/print_templates', async (request, response) => {
    const isCheck = request.query.check === '1'
    if (request.query.check !== undefined && !isCheck) throw badRequest('check 只能是 1。')
    // rights first: nobody's bytes are read who may not keep them here
    await kept(response, async () => {})
    const { bytes, name: fileName, fields } = await receiveFile(request, MAX_TEMPLATE_BYTES)
    const { campaign_id, form: formName, name, ...others } = fields
    const unknown = Object.keys(others)[0]
    if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
    const { campaign, form } = await kept(response, async (trx) => {
      const { id } = await campaignOf(trx, campaign_id === undefined ? undefined : idOf(campaign_id))
      return { campaign: id, form: registerOf(database, id, formName) }
    })
    const cleaned = await keepable(bytes, fileName)
    const proposed = await looked(cleaned, fileName, form)
    if (isCheck) {
      response.json({ ...proposed, columns: printColumns(form) })
      return
    }
    const made = await kept(response, (trx) =>
      createTemplate(trx, database, {
        campaign_id: campaign,
        form: form.name,
        name: name ?? fileName.replace(/\.\w{1,5}$/, '').slice(0, 60),
        file_name: fileName,
        format: proposed.format,
        content: cleaned,
        blanks: proposed.blanks,
      }),
    )
    response.status(201).json(made)
  })
  router.put('/print_templates/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const body = request.body
    if (!isRecord(body)) throw badRequest('应是 {"version":…,"blanks":[…]}。')
    response.json(await kept(response, (trx) => changeTemplate(trx, database, id, body)))
  })
  router.delete('/print_templates/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const version = request.query.version === undefined ? undefined : Number(request.query.version)
    response.json(await kept(response, (trx) => removeTemplate(trx, database, id, version)))
  })
}

/** A workbook without what can't be looked into; a document as it is, which is refused where it holds such. */
async function keepable(bytes: Buffer, fileName: string): Promise<Buffer> {
  const isWorkbook = bytes.includes('xl/') && !bytes.includes('word/')
  if (!isWorkbook) return bytes
  try {
    return (await cleanedInTurn(bytes, fileName)).bytes
  } catch (error) {
    throw asFileRefusal(error)
  }
}

async function looked(
  bytes: Buffer,
  fileName: string,
  form: Parameters<typeof printColumns>[0],
): Promise<ProposedPaper> {
  try {
    return await inTurn(() => lastOf(proposeInThread({ bytes, file_name: fileName, form })))
  } catch (error) {
    throw asFileRefusal(error)
  }
}
