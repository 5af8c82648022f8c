/** The files of four notices, and what the server proposes from them. */
import { readdirSync, readFileSync } from 'node:fs'
import type { NoticeProposal } from '../../server/proposals/notice/proposal.ts'
import type { Agent } from './world.ts'

const FOLDER = 'tests/fixtures/notices'
export const noticeFolders = readdirSync(FOLDER).sort()

type NoticeUpload = { name: string; bytes: Buffer }

/** The files of a notice, 通知.docx first; a filled one only where it is asked for. */
export const filesOfNotice = (folder: string, withFilled = false): NoticeUpload[] =>
  readdirSync(`${FOLDER}/${folder}`)
    .filter((name) => withFilled || !name.includes('填好'))
    .sort((a, b) => Number(b.startsWith('通知')) - Number(a.startsWith('通知')) || (a < b ? -1 : 1))
    .map((name) => ({ name, bytes: readFileSync(`${FOLDER}/${folder}/${name}`) }))

/** Uploads files as one notice. */
export function sendNotice(agent: Agent, files: readonly NoticeUpload[], fields: Record<string, string> = {}) {
  const [first, ...others] = files
  if (!first) throw new Error('no file')
  let request = agent.upload('/campaigns/proposals', first.bytes, first.name, fields)
  for (const { name, bytes } of others) request = request.attach('file', bytes, name)
  return request
}

export const proposalOf = async (agent: Agent, folder: string, withFilled = false): Promise<NoticeProposal> =>
  (await sendNotice(agent, filesOfNotice(folder, withFilled)).expect(200)).body
