// The small parts of a workbook: which sheets there are and where, the number formats, the shared strings.
import { cleanText, isDateFormat, isDateFormatId } from './cells.ts'
import { type Limits, refused } from './limits.ts'
import { attribute, prefixedAttribute, scanPart } from './xml.ts'
import type { Package, ZipPart } from './zip.ts'

type SheetPart = { name: string; hidden: boolean; part: ZipPart }

export type Contents = {
  /** xl/workbook.xml */
  main: ZipPart
  sheets: SheetPart[]
  date_1904: boolean
  styles?: ZipPart
  shared_strings?: ZipPart
}

type PartRelation = { type: string; target: string }

/** Finds the workbook, its sheets in their order, and the parts they share. Refuses a zip that is no workbook. */
export async function readContents(zip: Package, limits: Limits): Promise<Contents> {
  const root = await readRelations(zip, '_rels/.rels', '', limits)
  const main = [...root.values()].find((relation) => relation.type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  const part = zip.parts.get(main)
  if (!part) throw refused(zip.parts.has('mimetype') ? 'other_format' : 'not_a_workbook')
  if (main.endsWith('.bin')) throw refused('other_format')
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const relations = await readRelations(zip, `${folder}_rels/${main.slice(folder.length)}.rels`, folder, limits)

  const listed: { name: string; hidden: boolean; id: string }[] = []
  let date1904 = false
  let isWorkbook = false
  await scanPart(
    zip.unpack(part),
    {
      open: (name, attributes) => {
        if (name === 'workbook') isWorkbook = true
        if (name === 'workbookPr') date1904 = isTrue(attribute(attributes, 'date1904'))
        if (name !== 'sheet' || !isWorkbook) return
        if (listed.length >= limits.sheets) throw refused('entries')
        const state = attribute(attributes, 'state')
        listed.push({
          name: cleanText(attribute(attributes, 'name') ?? ''),
          hidden: state === 'hidden' || state === 'veryHidden',
          id: prefixedAttribute(attributes, 'id') ?? '',
        })
      },
      close: () => {},
    },
    limits,
  )
  if (!isWorkbook) throw refused('not_a_workbook')

  const sheets: SheetPart[] = []
  for (const { name, hidden, id } of listed) {
    const relation = relations.get(id)
    if (relation && relation.type !== 'worksheet') continue // a chart or a dialog
    const sheetPart = relation && zip.parts.get(relation.target)
    if (!sheetPart) throw refused('damaged')
    sheets.push({ name, hidden, part: sheetPart })
  }
  if (sheets.length === 0) throw refused('no_sheet')
  const partOf = (type: string) => {
    const relation = [...relations.values()].find((one) => one.type === type)
    return relation && zip.parts.get(relation.target)
  }
  return { main: part, sheets, date_1904: date1904, styles: partOf('styles'), shared_strings: partOf('sharedStrings') }
}

async function readRelations(zip: Package, name: string, folder: string, limits: Limits) {
  const relations = new Map<string, PartRelation>()
  const part = zip.parts.get(name.toLowerCase())
  if (!part) return relations
  await scanPart(
    zip.unpack(part),
    {
      open: (tag, attributes) => {
        if (tag !== 'Relationship' || relations.size >= limits.entries) return
        const type = attribute(attributes, 'Type') ?? ''
        const target = attribute(attributes, 'Target') ?? ''
        // the last word of the type: transitional and strict workbooks differ only in what stands before it
        relations.set(attribute(attributes, 'Id') ?? '', {
          type: type.slice(type.lastIndexOf('/') + 1),
          target: resolveTarget(folder, target),
        })
      },
      close: () => {},
    },
    limits,
  )
  return relations
}

function resolveTarget(folder: string, target: string): string {
  const steps = target.startsWith('/') ? [] : folder.split('/').filter(Boolean)
  for (const step of target.replaceAll('\\', '/').split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps.join('/').toLowerCase()
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true' || value === 'on'
}

type CellStyles = { is_date: boolean[]; is_struck: boolean[] }

/** For each cell style, whether it shows a date and whether its font is struck through. */
export async function readStyles(zip: Package, part: ZipPart | undefined, limits: Limits): Promise<CellStyles> {
  const isDate: boolean[] = []
  const isStruck: boolean[] = []
  if (!part) return { is_date: isDate, is_struck: isStruck }
  const custom = new Map<number, boolean>()
  const struckFonts = new Set<number>()
  let fonts = 0
  let inFonts = false
  let inCellStyles = false
  await scanPart(
    zip.unpack(part),
    {
      open: (name, attributes) => {
        if (name === 'cellXfs') inCellStyles = true
        else if (name === 'fonts') inFonts = true
        else if (name === 'font' && inFonts) fonts++
        else if (name === 'strike' && inFonts && isTrue(attribute(attributes, 'val') ?? '1')) struckFonts.add(fonts - 1)
        else if (name === 'numFmt' && custom.size < limits.styles) {
          const format = attribute(attributes, 'formatCode')
          if (format !== undefined) custom.set(Number(attribute(attributes, 'numFmtId')), isDateFormat(format))
        } else if (name === 'xf' && inCellStyles) {
          if (isDate.length >= limits.styles) throw refused('unpacked')
          const id = Number(attribute(attributes, 'numFmtId') ?? 0)
          isDate.push(custom.get(id) ?? isDateFormatId(id))
          isStruck.push(struckFonts.has(Number(attribute(attributes, 'fontId') ?? 0)))
        }
      },
      close: (name) => {
        if (name === 'cellXfs') inCellStyles = false
        else if (name === 'fonts') inFonts = false
      },
    },
    limits,
  )
  return { is_date: isDate, is_struck: isStruck }
}

/** The shared strings by number: rich text joined, phonetic guides left out. */
export async function readSharedStrings(zip: Package, part: ZipPart | undefined, limits: Limits): Promise<string[]> {
  const strings: string[] = []
  if (!part) return strings
  let current = ''
  let inText = false
  let phonetic = 0
  let total = 0
  await scanPart(
    zip.unpack(part),
    {
      open: (name) => {
        if (name === 'si') current = ''
        else if (name === 'rPh') phonetic++
        else if (name === 't') inText = phonetic === 0
      },
      text: (piece) => {
        if (!inText) return
        current += piece
        if (current.length > limits.text) throw refused('text')
      },
      close: (name) => {
        if (name === 't') inText = false
        else if (name === 'rPh') phonetic--
        else if (name === 'si') {
          total += current.length
          if (strings.length >= limits.shared_strings || total > limits.shared_text) throw refused('strings')
          strings.push(current)
        }
      },
    },
    limits,
  )
  return strings
}
