// A workbook without identity numbers: the same zip, in which the parts that hold some are written anew. What can't be
// looked into (embedded files, macros) is kept empty.
import { type Limits, refused } from '../limits.ts'
import { type Contents, readContents, readSharedStrings } from '../parts.ts'
import { inspectSheet } from '../sheet.ts'
import { openPackage, type Package, type ZipPart } from '../zip.ts'
import { type ZipEntry, zip } from '../zip_write.ts'
import type { CleanMessage } from './clean.ts'
import { type CleanedCounts, cleanSheet, cleanStrings, cleanXml } from './parts.ts'
import { suspicion } from './suspect.ts'

/** Parts that are neither sheets nor strings are held as a whole. */
const MAX_HELD_BYTES = 24 * 1024 * 1024
const isText = /\.(xml|vml|rels)$|^\[content_types\]\.xml$/
const isPicture = /\.(png|jpe?g|gif|bmp|tiff?)$|printersettings\d*\.bin$/

export async function* cleanPackage(bytes: Buffer, limits: Limits, signal?: AbortSignal): AsyncGenerator<CleanMessage> {
  const package_ = await openPackage(bytes, limits, signal)
  const suspects = new Set<ZipPart>()
  for (const part of package_.parts.values()) if (await isSuspect(package_, part)) suspects.add(part)
  const tally: CleanedCounts = { blanked: 0, strings: new Set(), numbers: new Set() }
  let changed = 0
  if (suspects.size > 0) {
    const contents = await readContents(package_, limits)
    for await (const piece of zip(entriesOf(package_, contents, suspects, tally, limits)))
      yield { kind: 'piece', bytes: piece }
    changed = [...suspects].filter((part) => isOpaque(part.name)).length + tally.blanked
  }
  yield { kind: 'cleaned', blanked: tally.blanked, as_sent: changed === 0 }
}

const isOpaque = (name: string) => !isText.test(name) && !isPicture.test(name)

async function isSuspect(package_: Package, part: ZipPart): Promise<boolean> {
  if (!isText.test(part.name)) return isOpaque(part.name) && part.data.length > 0
  const look = suspicion()
  for await (const chunk of package_.unpack(part)) if (look(chunk)) return true
  return false
}

/** Sheets first: they say which of the shared strings are still in use. */
async function* entriesOf(
  package_: Package,
  { sheets, shared_strings }: Contents,
  suspects: ReadonlySet<ZipPart>,
  tally: CleanedCounts,
  limits: Limits,
): AsyncGenerator<ZipEntry> {
  // a heading may stand among the shared strings, or among those of a sheet: then every sheet is gone through
  const isSearched = [...suspects].some(
    (part) => part === shared_strings || sheets.some((sheet) => sheet.part === part),
  )
  const own = new Set(sheets.map(({ part }) => part))
  const strings = isSearched ? await readSharedStrings(package_, shared_strings, limits) : []
  for (const { part } of sheets) {
    const { merges } = await inspectSheet(package_, part, limits)
    const content = isSearched ? cleanSheet(package_.unpack(part), strings, merges, tally) : asItLies(part)
    yield { name: nameOf(part), content }
  }
  for (const part of package_.parts.values()) {
    if (own.has(part)) continue
    const name = nameOf(part)
    if (part === shared_strings && isSearched)
      yield { name, content: cleanStrings(package_.unpack(part), strings, tally) }
    else if (!isText.test(part.name) && isOpaque(part.name)) yield { name, content: Buffer.alloc(0) }
    else if (suspects.has(part) || (tally.numbers.size > 0 && isText.test(part.name)))
      yield { name, content: Buffer.from(cleanXml(await wholeOf(package_, part), tally)) }
    else yield { name, content: asItLies(part) }
  }
}

const nameOf = ({ entry }: ZipPart): string =>
  (entry.fileName as string | Buffer).toString('utf8').replaceAll('\\', '/').replace(/^\/+/, '')

function asItLies({ entry, data }: ZipPart): ZipEntry['content'] {
  const { compressionMethod: method, crc32: checksum, uncompressedSize: size } = entry
  if (entry.isEncrypted()) throw refused('encrypted')
  return { packed: data, method, checksum, size }
}

async function wholeOf(package_: Package, part: ZipPart): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of package_.unpack(part)) {
    size += chunk.length
    if (size > MAX_HELD_BYTES) throw refused('unpacked')
    chunks.push(chunk)
  }
  return decoded(Buffer.concat(chunks))
}

/** As text; what was UTF-16 is UTF-8 from now on, and says so. */
function decoded(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8'
  const text = new TextDecoder(encoding).decode(bytes)
  return encoding === 'utf-8' ? text : text.replace(/^(<\?xml[^>]*encoding=["'])[^"']+/, '$1UTF-8')
}
