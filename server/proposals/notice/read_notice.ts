// Files of a notice are read in the reading thread, as workbooks are: what they cost is bounded there, in memory and in time,
// and so is what is looked for in them.

import { cleanedInTurn } from '../../workbook/clean/whole.ts'
import { LIMITS, WorkbookRefused } from '../../workbook/limits.ts'
import { inThread } from '../../workbook/thread.ts'
import { inTurn } from '../../workbook/turns.ts'
import { openPackage } from '../../workbook/zip.ts'
import type { NoticeFile } from './document.ts'
import { readDocx } from './docx.ts'
import { type NoticeProposal, propose, type TableKinds } from './proposal.ts'
import { asDocument, refusedDocument } from './refused_document.ts'
import { readWorkbookBlocks } from './workbook.ts'

/** `n`: which of the files it is, from 1; ids of its tables begin with it. */
type FileJob = { bytes: Buffer; file_name: string; n: number }

const COMPOUND = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])
const isZip = (bytes: Buffer) => bytes[0] === 0x50 && bytes[1] === 0x4b
const nameWithin = (bytes: Buffer, name: string) => bytes.includes(Buffer.from(name, 'utf16le'))

/** What a file is, by its bytes and never by its name: a .doc that is called .docx is a .doc. */
async function formatOf(bytes: Buffer): Promise<'docx' | 'xlsx'> {
  if (bytes.length === 0) throw refusedDocument('empty')
  if (isZip(bytes)) {
    const { parts } = await openPackage(bytes, LIMITS)
    return [...parts.keys()].some((name) => name.startsWith('xl/')) ? 'xlsx' : 'docx'
  }
  if (!bytes.subarray(0, 4).equals(COMPOUND)) throw refusedDocument('not_a_workbook')
  if (nameWithin(bytes, 'EncryptedPackage') || nameWithin(bytes, 'EncryptionInfo')) throw refusedDocument('encrypted')
  if (nameWithin(bytes, 'WordDocument')) throw refusedDocument('old_format')
  return 'xlsx'
}

/** The job of the thread: one file. */
export async function* readNoticeFile({ bytes, file_name, n }: FileJob): AsyncGenerator<NoticeFile> {
  const format = await formatOf(bytes).catch((error) => {
    throw asDocument(error)
  })
  const prefix = `f${n}t`
  const blocks = format === 'docx' ? await readDocx(bytes, prefix) : await readWorkbookBlocks(bytes, file_name, prefix)
  yield { file: file_name, format, blocks }
}

/** The job of the thread: what all files come to. `bytes` are the files as read, as JSON. */
export async function* proposeFromFiles({
  bytes,
  kinds,
}: {
  bytes: Buffer
  kinds: TableKinds
}): AsyncGenerator<NoticeProposal> {
  yield propose(JSON.parse(bytes.toString('utf8')) as NoticeFile[], kinds)
}

const readInThread = inThread(import.meta.url, readNoticeFile)
const proposeInThread = inThread(import.meta.url, proposeFromFiles)

/** To its end: a reader that leaves early costs the next one a new thread. */
async function only<T>(messages: AsyncGenerator<T>): Promise<T> {
  let found: T | undefined
  for await (const message of messages) found = message
  if (found === undefined) throw new Error('a job without an answer')
  return found
}

/** A file's refusal, with its name: several are sent at once. */
function named(error: unknown, name: string, isWorkbook: boolean): unknown {
  const said = isWorkbook ? error : asDocument(error)
  return said instanceof WorkbookRefused
    ? new WorkbookRefused(said.reason, `“${name.slice(0, 60)}”：${said.message}`)
    : said
}

const looksLikeWorkbook = (bytes: Buffer) =>
  (isZip(bytes) && bytes.includes('xl/') && !bytes.includes('word/')) ||
  (!isZip(bytes) && nameWithin(bytes, 'Workbook'))

/** Reads the files of one notice and proposes a campaign. Throws `WorkbookRefused` for the first file that can't be read. */
export async function proposalOfFiles(
  files: readonly { name: string; bytes: Buffer }[],
  kinds: TableKinds,
): Promise<NoticeProposal> {
  const read: NoticeFile[] = []
  for (const [at, { name, bytes }] of files.entries()) {
    const isWorkbook = looksLikeWorkbook(bytes)
    try {
      const kept = isWorkbook ? (await cleanedInTurn(bytes, name)).bytes : bytes
      read.push(await inTurn(() => only(readInThread({ bytes: kept, file_name: name, n: at + 1 }))))
    } catch (error) {
      throw named(error, name, isWorkbook)
    }
  }
  try {
    return await inTurn(() => only(proposeInThread({ bytes: Buffer.from(JSON.stringify(read)), kinds })))
  } catch (error) {
    throw asDocument(error)
  }
}
