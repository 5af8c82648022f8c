// 下载错误表: what of an import has to be corrected, as a workbook.
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import { sql } from 'kysely'
import type { Database, Trx } from '../database/connection.ts'
import { notFound, Refusal } from '../errors.ts'
import type { Spooled } from '../files/spool.ts'
import type { Form } from '../forms/index.ts'
import { formIn } from '../records/read.ts'
import { disposition, fileName } from '../workbook/names.ts'
import { WorkbookRefused } from '../workbook/read.ts'
import { inTurn } from '../workbook/turns.ts'
import { contentOf } from './content.ts'
import type { Decisions } from './decide/decisions.ts'
import type { FramedValues } from './read/frame.ts'
import { GONE, STATUS_OF } from './refusals.ts'
import { correctedBy } from './tell/corrections.ts'
import type { Corrected } from './tell/error_patch.ts'
import { faultsOf, makeErrorTable } from './tell/error_table.ts'
import type { CellError, SheetOutcome } from './tell/outcome.ts'

type Faulty = {
  id: number
  form: Form
  /** Whether the file may go back whole: to the unit that sent it. */
  is_own: boolean
  file_name: string
  content: Buffer
  errors: CellError[] | null
  sheets: SheetOutcome[]
  corrected: Corrected
}

/** The file and the faults of whoever may read the import. */
export async function readFaulty(trx: Trx, database: Database, id: number): Promise<Faulty> {
  const found = await sql<
    Omit<Faulty, 'form' | 'content' | 'corrected'> & {
      form: string
      campaign_id: number
      size: number
      has_file: boolean
      decisions: Decisions
      frame: FramedValues | null
    }
  >`select t.id, t.form, t.campaign_id, coalesce(t.unit_id = any (app.my_own_units()), true) as is_own, t.file_name, t.size, t.content is not null as has_file, t.result -> 'errors' as errors,
      t.result -> 'sheets' as sheets, t.decisions, t.result -> 'restaging' -> 'frame' as frame from imports t where t.id = ${id}`.execute(
    trx,
  )
  if (!found.rows[0]) throw notFound()
  const { size, has_file, decisions, frame, campaign_id, ...faulty } = found.rows[0]
  if (!faulty.errors?.length) throw new Refusal(409, '这次导入没有要改的格。')
  if (!has_file) throw new Refusal(409, GONE)
  const form = formIn(database, faulty.form, campaign_id)
  return { ...faulty, form, content: await contentOf(trx, id, size), corrected: correctedBy(decisions, frame) }
}

/** 下载错误表: made when the reading thread is free, sent when it is whole. */
export async function sendErrorTable(
  response: Response,
  { id, form, is_own, file_name, content, errors, sheets, corrected }: Faulty,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const faults = faultsOf(errors ?? [], new Map(sheets.map(({ name, heading_row }) => [name, heading_row ?? 0])))
  const asked = { bytes: content, file_name, form, import_id: id, faults, is_own, corrected }
  let spooled: Spooled | undefined
  try {
    spooled = await inTurn(() => makeErrorTable(asked, gone.signal))
    const name = fileName({ title: `${file_name.replace(/\.[a-z]+$/i, '')}（错误表）` })
    response.set({
      'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Content-Length': String(spooled.size),
      'Content-Disposition': disposition(name, 'errors.xlsx'),
    })
    await pipeline(spooled.open(), response)
  } catch (error) {
    if (gone.signal.aborted) return
    throw error instanceof WorkbookRefused ? new Refusal(STATUS_OF[error.reason] ?? 422, error.message) : error
  } finally {
    await spooled?.discard()
  }
}
