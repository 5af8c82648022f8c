/** Files of a notice, read into proposals: nothing is stored, and nothing is guessed in silence. The province alone. */
import { type Request, type Response, Router } from 'express'
import { packageOf, storedSection } from '../campaigns/packages/reading.ts'
import type { Database } from '../database/connection.ts'
import { badRequest, forbidden } from '../errors.ts'
import { receiveFile, receiveFiles } from '../files/upload.ts'
import { registersOf, type Surroundings } from '../forms/index.ts'
import { campaignOf } from '../records/read.ts'
import { asAsker, isId } from '../requests.ts'
import { cleanedInTurn } from '../workbook/clean/whole.ts'
import { LIMITS } from '../workbook/read.ts'
import { asFileRefusal } from '../workbook/refused.ts'
import { readConfirmed } from './notice/confirmed.ts'
import { packageOfProposal } from './notice/package_of.ts'
import { readKinds } from './notice/proposal.ts'
import { proposalOfFiles } from './notice/read_notice.ts'
import { withRegisters } from './notice/registers.ts'
import { proposalsOf, type RegisterProposal } from './register_proposal.ts'

/** What a proposal is held against: the campaign that is asked for, else the one everybody begins with. */
function mayPropose(database: Database, request: Request, response: Response) {
  const asked = request.query.campaign_id
  if (asked !== undefined && !isId(Number(asked))) throw badRequest('campaign_id 应是年度的编号。')
  return asAsker(database, response, async (trx, { role }): Promise<{ around: Surroundings; year: number }> => {
    if (role !== 'province') throw forbidden('只有活动的主办方能从文件建立登记表。')
    const campaign = await campaignOf(trx, asked)
    return { around: database.definitions.around(campaign.id), year: campaign.year }
  })
}

/** A notice and its annexes. */
const MAX_FILES = 12

/**
 * POST /form_designs/proposals?campaign_id=, multipart `file`: a workbook as proposed registers. POST /campaigns/proposals,
 * multipart `file`, several, and `kinds`, what a person said tables are: a notice as a proposed campaign. POST
 * /campaigns/proposals/package { proposal, answers }: what was confirmed of it as a campaign's package, to be checked and loaded.
 */
export function proposalRoutes(database: Database): Router {
  const router = Router()
  router.post('/form_designs/proposals', async (request, response) => {
    // rights first: forty megabytes are read from nobody who may not propose
    const { around, year } = await mayPropose(database, request, response)
    const { bytes, name } = await receiveFile(request, LIMITS.file_bytes)
    try {
      const cleaned = await cleanedInTurn(bytes, name)
      const proposals: RegisterProposal[] = await proposalsOf(cleaned.bytes, name, around, year)
      response.json(proposals)
    } catch (error) {
      throw asFileRefusal(error)
    }
  })
  router.post('/campaigns/proposals', async (request, response) => {
    const beside = await mayPropose(database, request, response)
    const { files, fields } = await receiveFiles(request, LIMITS.file_bytes, MAX_FILES)
    const kinds = readKinds(fields.kinds)
    try {
      response.json(await withRegisters(await proposalOfFiles(files, kinds), files, beside))
    } catch (error) {
      throw asFileRefusal(error)
    }
  })
  router.post('/campaigns/proposals/package', async (request, response) => {
    const made = await asAsker(database, response, async (trx, person) => {
      if (person.role !== 'province') throw forbidden('只有活动的主办方能从文件建立年度。')
      const confirmed = readConfirmed(request.body)
      const { id } = await campaignOf(trx, request.query.campaign_id)
      const rowsOf = async (section: 'units' | 'unit_kinds') =>
        (await storedSection(trx, database, person, section, id)).rows.map(({ row }) => row)
      return packageOfProposal(confirmed, {
        units: await rowsOf('units'),
        kinds: await rowsOf('unit_kinds'),
        registers: registersOf(database.definitions.of(id)),
        metrics: (await packageOf(trx, database, person, id)).metrics ?? [],
      })
    })
    response.json(made)
  })
  return router
}
