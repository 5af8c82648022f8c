// 下载错误表 as the sender knows it: the very workbook that was sent, with red cells, notes and our columns in the sheets
// that were read. Parts that do not change are taken over packed, byte for byte. What can't be patched without breaking
// something is refused with `PatchImpossible`; then a clean workbook is made instead (error_workbook.ts).
import { cellAddress } from '../cells.ts'
import type { Limits } from '../limits.ts'
import { commentsXml, drawingXml, MAX_NOTES, type Note } from '../notes.ts'
import { type Contents, readContents } from '../parts.ts'
import { mark_sheet, markXml } from '../tokens.ts'
import { openPackage, type Package, type ZipPart } from '../zip.ts'
import { type ZipEntry, zip } from '../zip_write.ts'
import { impossible } from './impossible.ts'
import { withBoxes, withComments } from './notes.ts'
import {
  type FilterName,
  isPatchable,
  type PartLink,
  relationsIn,
  types,
  withMark,
  withRelations,
  withTypes,
} from './parts.ts'
import { patchSheet, readTail, type SheetPatch } from './sheet.ts'
import { openStyles, type Styles } from './styles.ts'

/** What is to be done to the sheet of this name. */
export type WorkbookPatch = Omit<SheetPatch, 'drawing_id' | 'filters'> & { sheet: string; notes: readonly Note[] }

/** Parts that are patched as a whole are held in memory. */
const MAX_HELD_BYTES = 24 * 1024 * 1024

type Planned = {
  package_: Package
  /** Parts that change as a whole, by lower-case name. */
  whole: Map<string, string>
  added: { name: string; xml: string; type?: string }[]
  sheets: Map<string, SheetPatch>
  filters: FilterName[]
}

/** The bytes of the patched workbook. `patches` must come from a reading of the same bytes. */
export async function* patchWorkbook(
  bytes: Buffer,
  patches: readonly WorkbookPatch[],
  importId: number,
  limits: Limits,
): AsyncGenerator<Buffer> {
  const package_ = await openPackage(bytes, limits)
  const names = [...package_.parts.keys()]
  if (names.some((name) => name.startsWith('_xmlsignatures/'))) throw impossible('signed')
  const contents = await readContents(package_, limits)
  const planned: Planned = { package_, whole: new Map(), added: [], sheets: new Map(), filters: [] }
  const styles = openStyles((await textOf(package_, contents.styles)) ?? '')
  if (!styles) throw impossible('styles')
  for (const patch of patches) await planSheet(planned, contents, patch)
  await planWorkbook(planned, contents, importId)
  yield* zip(entriesOf(planned, styles, contents.styles))
}

/** Everything changed in its place, what is new behind it, the styles last: only then it is known which are needed. */
async function* entriesOf(
  { package_, whole, added, sheets }: Planned,
  styles: Styles,
  stylesPart: ZipPart | undefined,
): AsyncGenerator<ZipEntry> {
  for (const [name, part] of package_.parts) {
    if (part === stylesPart) continue
    const { entry, data } = part
    const text = whole.get(name)
    const patch = sheets.get(name)
    if (text !== undefined) yield { name: originalName(part), content: Buffer.from(text) }
    else if (patch) yield { name: originalName(part), content: patchSheet(package_.unpack(part), patch, styles) }
    else if (entry.isEncrypted() || (entry.compressionMethod !== 0 && entry.compressionMethod !== 8))
      throw impossible('packing')
    else {
      const { compressionMethod: method, crc32: checksum, uncompressedSize: size } = entry
      yield { name: originalName(part), content: { packed: data, method, checksum, size } }
    }
  }
  for (const { name, xml } of added) yield { name, content: Buffer.from(xml) }
  const xml = styles.xml()
  if (xml === undefined || !stylesPart) throw impossible('too many styles')
  yield { name: originalName(stylesPart), content: Buffer.from(xml) }
}

const originalName = ({ entry }: ZipPart): string =>
  (entry.fileName as string | Buffer).toString('utf8').replaceAll('\\', '/').replace(/^\/+/, '')
const folderOf = (name: string) => name.slice(0, name.lastIndexOf('/') + 1)
const relationsOf = (name: string) => `${folderOf(name)}_rels/${name.slice(folderOf(name).length)}.rels`

async function textOf(package_: Package, part: ZipPart | undefined): Promise<string | undefined> {
  if (!part) return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of package_.unpack(part)) {
    size += chunk.length
    if (size > MAX_HELD_BYTES) throw impossible('part')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (bytes[0] === 0xff || bytes[0] === 0xfe) throw impossible('encoding')
  const text = new TextDecoder().decode(bytes)
  if (!isPatchable(text)) throw impossible('encoding')
  return text
}

/** The part that a relation of another one leads to. */
function targetOf({ parts }: Package, from: string, { target }: PartLink): ZipPart | undefined {
  const steps = target.startsWith('/') ? [] : folderOf(from).split('/').filter(Boolean)
  for (const step of target.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return parts.get(steps.join('/').toLowerCase())
}

/** xl/comments7.xml: the first number that is free. */
function freeName({ package_, added }: Planned, nameOf: (n: number) => string): string {
  for (let n = 1; ; n++) {
    const name = nameOf(n)
    if (!package_.parts.has(name.toLowerCase()) && !added.some((each) => each.name === name)) return name
  }
}

// A sheet --------------------------------------------------------------------------------------------------------------

async function planSheet(
  planned: Planned,
  contents: Contents,
  { sheet, notes, ...patch }: WorkbookPatch,
): Promise<void> {
  const { package_, sheets, filters } = planned
  const part = contents.sheets.find(({ name }) => name === sheet)?.part
  if (!part) throw impossible('sheet')
  const tail = await readTail(package_.unpack(part))
  const hasFilter = patch.note_column !== undefined && !tail.has_tables
  if (hasFilter) {
    const last = cellAddress(patch.note_column ?? 0, patch.last_row).replace(/\d+$/, (row) => `$${row}`)
    filters.push({ sheet, range: `$A$${patch.heading_row}:$${last}` })
  }
  const drawingId = notes.length > 0 ? await planNotes(planned, part, notes, tail.drawing_id) : undefined
  sheets.set(part.name, { ...patch, filters: hasFilter, ...(drawingId ? { drawing_id: drawingId } : {}) })
}

/** Notes into the parts that are there, or into new ones; answers the relation the sheet has to name, if it is new. */
async function planNotes(planned: Planned, part: ZipPart, notes: readonly Note[], drawingId: string | undefined) {
  const { package_, whole, added } = planned
  const name = originalName(part)
  const relationsPart = package_.parts.get(relationsOf(name).toLowerCase())
  const relationsXml = await textOf(package_, relationsPart)
  const relations = relationsIn(relationsXml)
  const near = folderOf(name) === 'xl/worksheets/' ? '../' : '/xl/'
  const freshRelations: PartLink[] = []
  const add = (type: string, id: string, path: string, xml: string, contentType: string) => {
    added.push({ name: `xl/${path}`, xml, type: contentType })
    freshRelations.push({ id, type, target: `${near}${path}` })
  }
  let fresh: readonly Note[] = notes.slice(0, MAX_NOTES)
  let gone: readonly Note[] = []
  const comments = relations.find(({ type }) => type === 'comments')
  if (comments) {
    const commentsPart = targetOf(package_, name, comments)
    const merged = withComments((await textOf(package_, commentsPart)) ?? '', fresh)
    ;({ fresh, gone } = merged)
    whole.set(commentsPart?.name ?? '', merged.xml)
  } else {
    const path = freeName(planned, (n) => `xl/comments${n}.xml`).slice('xl/'.length)
    add('comments', 'hwNotes', path, commentsXml(fresh), types.comments)
  }
  const boxes = relations.find(({ id }) => id === drawingId)
  if (boxes) {
    const boxesPart = targetOf(package_, name, boxes)
    whole.set(boxesPart?.name ?? '', withBoxes((await textOf(package_, boxesPart)) ?? '', fresh, gone))
  } else {
    const path = freeName(planned, (n) => `xl/drawings/vmlDrawing${n}.vml`).slice('xl/'.length)
    add('vmlDrawing', 'hwBoxes', path, drawingXml(fresh), types.drawing)
  }
  if (freshRelations.length > 0) {
    if (relations.some(({ id }) => freshRelations.some((one) => one.id === id))) throw impossible('relations')
    const xml = withRelations(relationsXml, freshRelations)
    if (relationsPart) whole.set(relationsPart.name, xml)
    else added.push({ name: relationsOf(name), xml })
  }
  return boxes ? undefined : 'hwBoxes'
}

// The workbook ---------------------------------------------------------------------------------------------------------

async function planWorkbook(planned: Planned, { main, sheets }: Contents, importId: number): Promise<void> {
  const { package_, whole, added, filters } = planned
  const name = originalName(main)
  const known = sheets.find((sheet) => sheet.name === mark_sheet)
  if (known) whole.set(known.part.name, markXml(importId))
  else {
    const sheetName = freeName(planned, (n) => `xl/worksheets/sheet${n}.xml`)
    added.push({ name: sheetName, xml: markXml(importId), type: types.worksheet })
    const relationsPart = package_.parts.get(relationsOf(name).toLowerCase())
    if (!relationsPart) throw impossible('relations')
    const target = folderOf(name) === 'xl/' ? sheetName.slice('xl/'.length) : `/${sheetName}`
    const relation = { id: 'hwMark', type: 'worksheet', target }
    whole.set(relationsPart.name, withRelations(await textOf(package_, relationsPart), [relation]))
  }
  whole.set(main.name, withMark((await textOf(package_, main)) ?? '', 'hwMark', filters))
  const typesPart = package_.parts.get('[content_types].xml')
  if (!typesPart) throw impossible('content types')
  const fresh = added.flatMap(({ name: partName, type }) => (type ? [{ name: partName, type }] : []))
  whole.set(typesPart.name, withTypes((await textOf(package_, typesPart)) ?? '', name, fresh))
}
