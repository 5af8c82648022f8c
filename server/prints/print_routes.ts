/** GET /:form/prints/:template: rows printed into a template. POST …/rows: filled forms, checked like an import. */
import { type Request, Router } from 'express'
import type { Database, Identity } from '../database/connection.ts'
import { badRequest, forbidden } from '../errors.ts'
import { receiveFiles } from '../files/upload.ts'
import { mayImport, receiveMade } from '../imports/receive.ts'
import { runToItsEnd } from '../imports/run.ts'
import { countRows, type Making, sendFile } from '../papers/routes.ts'
import { readListQuery } from '../records/query.ts'
import { relationFor } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { LIMITS } from '../workbook/limits.ts'
import { fileName } from '../workbook/names.ts'
import { asFileRefusal } from '../workbook/refused.ts'
import { zip } from '../workbook/zip_write.ts'
import { formsTogether, MAX_FILLED_FORMS } from './filled.ts'
import { printedInOne, printedOneByOne, refuseMany } from './printing.ts'
import { paperTypes } from './routes.ts'
import { contentOf, oneTemplate } from './templates.ts'

/** `as`: each row a file of its own in a zip, or all in one file. */
function wayOf({ query: { as, ...query } }: Request) {
  if (as !== undefined && as !== 'zip' && as !== 'one') throw badRequest('as 应是 zip（每行一份）或 one（合成一份）。')
  return { isOne: as === 'one', query: readListQuery(query) }
}

/** A template that can't be filled after all is refused in its own words. */
async function* refusing(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* pieces
  } catch (error) {
    throw asFileRefusal(error)
  }
}

async function printFor(database: Database, request: Request<{ form: string; template: string }>, making: Making) {
  const { trx, person, signal, progress } = making
  const { isOne, query } = wayOf(request as unknown as Request)
  const template = await oneTemplate(trx, database, idOf(request.params.template), request.params.form)
  const relation = relationFor(database, person, template.form, template.campaign_id)
  // rows of another campaign have other columns
  const own = { ...query, filter: { ...query.filter, campaign_id: template.campaign_id } }
  const papers = await countRows(trx, relation, own)
  progress.rows_total = papers
  refuseMany(papers, isOne)
  const content = await contentOf(trx, template.id)
  const task = {
    ...{ trx, person, relation, query: own, signal },
    template: { ...template, content },
    onDone: (done: number) => {
      progress.rows_done += done
    },
  }
  const { name: title, format } = template
  if (!isOne && papers > 0)
    return {
      pieces: refusing(zip(printedOneByOne(task))),
      name: fileName({ title: `${title}（${papers} 份）` }, 'zip'),
      plain: `prints-${template.id}.zip`,
      type: 'application/zip',
    }
  return {
    pieces: refusing(printedInOne(task)),
    name: fileName({ title }, format),
    plain: `print-${template.id}.${format}`,
    type: paperTypes[format],
  }
}

/** What the import goes by: its only file, or the template and how many forms there are. */
const nameOf = (template: string, [only, ...others]: readonly { name: string }[], forms: number): string =>
  only && others.length === 0 ? `${only.name.replace(/\.\w{1,5}$/, '')}.xlsx` : `${template}（${forms} 份）.xlsx`

/** Mounted before the routes of forms. */
export function printRoutes(database: Database): Router {
  const router = Router()
  router.get('/:form/prints/:template', (request, response) =>
    sendFile(database, request, response, (making) => printFor(database, request, making)),
  )
  router.post('/:form/prints/:template/rows', async (request, response) => {
    const id = idOf(request.params.template)
    // rights first: nobody's bytes are read who may not import here
    const { person, template, content, form } = await asAsker(database, response, async (trx, asking) => {
      if (asking.role === 'juror') throw forbidden()
      const found = await oneTemplate(trx, database, id, request.params.form)
      const { form: register } = mayImport(database, asking, found.form, found.campaign_id)
      return { person: asking, template: found, content: await contentOf(trx, id), form: register }
    })
    const { files, fields } = await receiveFiles(request, LIMITS.file_bytes, MAX_FILLED_FORMS)
    const unknown = Object.keys(fields)[0]
    if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
    const locals = response.locals as { identity: Identity; request_id: string }
    try {
      const { bytes, columns, files: read } = await formsTogether(form, { ...template, content }, files)
      const importId = await receiveMade(database, person, locals, {
        form: form.name,
        campaign_id: template.campaign_id,
        name: nameOf(template.name, files, read.length),
        bytes,
        columns,
      })
      const checked = await runToItsEnd(database, locals, person, { import_id: importId, ending: 'check' })
      response.json({ ...checked, files: read })
    } catch (error) {
      throw asFileRefusal(error)
    }
  })
  return router
}
