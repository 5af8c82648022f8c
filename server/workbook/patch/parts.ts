// The small parts around the sheets, with what we add: relations, content types, the hidden sheet that names the import,
// the names of the filters.
import { elementsIn, localName, nextTag, numberIn, openRoot, replaced } from '../raw_xml.ts'
import { escapeText } from '../rows.ts'
import { mark_sheet } from '../tokens.ts'
import { attribute } from '../xml.ts'
import { impossible } from './impossible.ts'

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const packages = 'http://schemas.openxmlformats.org/package/2006/relationships'
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
export const types = {
  worksheet: `${spreadsheet}.worksheet+xml`,
  comments: `${spreadsheet}.comments+xml`,
  workbook: `${spreadsheet}.sheet.main+xml`,
  drawing: 'application/vnd.openxmlformats-officedocument.vmlDrawing',
}

export type PartLink = { id: string; type: string; target: string }

/** The relations of a part: the last word of the type, the target as written. */
export function relationsIn(xml: string | undefined): PartLink[] {
  const opened = xml === undefined ? undefined : openRoot(xml)
  return (opened?.children ?? []).map(({ attributes }) => ({
    id: attribute(attributes, 'Id') ?? '',
    type: (attribute(attributes, 'Type') ?? '').replace(/^.*\//, ''),
    target: attribute(attributes, 'Target') ?? '',
  }))
}

/** The relations with more of them; `xml` undefined: a part of its own. */
export function withRelations(xml: string | undefined, added: readonly PartLink[]): string {
  const list = (p: string) =>
    added
      .map(({ id, type, target }) => `<${p}Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`)
      .join('')
  if (xml === undefined) return `${head}<Relationships xmlns="${packages}">${list('')}</Relationships>`
  return within(xml, list)
}

/** Children added at the end of the root. */
function within(xml: string, list: (prefix: string) => string): string {
  const opened = openRoot(xml)
  if (!opened || opened.root.to === opened.root.inner_to) throw impossible('relations')
  const at = opened.root.inner_to
  return replaced(xml, [{ from: at, to: at, text: list(opened.prefix) }])
}

/** The content types with those of new parts; refuses what is no plain workbook (one with macros, a template). */
export function withTypes(xml: string, main: string, parts: readonly { name: string; type: string }[]): string {
  const children = openRoot(xml)?.children ?? []
  const said = new Map(
    children.map(({ attributes }) => [
      (attribute(attributes, 'PartName') ?? `.${attribute(attributes, 'Extension')}`).toLowerCase(),
      attribute(attributes, 'ContentType'),
    ]),
  )
  if (said.get(`/${main}`.toLowerCase()) !== types.workbook) throw impossible('content type')
  return within(xml, (p) => {
    const list = parts
      .filter(({ name }) => !said.has(`/${name}`.toLowerCase()))
      .map(({ name, type }) => `<${p}Override PartName="/${name}" ContentType="${type}"/>`)
    return list.join('')
  })
}

export type FilterName = { sheet: string; range: string }

/** The workbook with the hidden sheet behind all others and the names of the filters. */
export function withMark(xml: string, relationId: string, filters: readonly FilterName[]): string {
  const opened = openRoot(xml)
  const sheets = opened?.children.find(({ name }) => localName(name) === 'sheets')
  if (!opened || !sheets || xml.includes('purl.oclc.org/ooxml')) throw impossible('workbook')
  const { prefix: p, children } = opened
  const listed = elementsIn(xml, sheets.inner_from, sheets.inner_to)
  const names = listed.map(({ attributes }) => attribute(attributes, 'name') ?? '')
  const pieces: { from: number; to: number; text: string }[] = []
  if (!names.includes(mark_sheet)) {
    const id = Math.max(0, ...listed.map(({ attributes }) => numberIn(attributes, 'sheetId'))) + 1
    const sheet = `<${p}sheet xmlns:r="${office}" name="${mark_sheet}" sheetId="${id}" state="hidden" r:id="${relationId}"/>`
    pieces.push({ from: sheets.inner_to, to: sheets.inner_to, text: sheet })
  }
  const list = filters.map(({ sheet, range }) => {
    const called = escapeText(`'${sheet.replaceAll("'", "''")}'!${range}`)
    return `<${p}definedName name="_xlnm._FilterDatabase" localSheetId="${names.indexOf(sheet)}" hidden="1">${called}</${p}definedName>`
  })
  const known = children.find(({ name }) => localName(name) === 'definedNames')
  if (known && known.to > known.inner_to) {
    const own = new Set(filters.map(({ sheet }) => names.indexOf(sheet)))
    for (const { attributes, from, to } of elementsIn(xml, known.inner_from, known.inner_to))
      if (
        attribute(attributes, 'name') === '_xlnm._FilterDatabase' &&
        own.has(numberIn(attributes, 'localSheetId', -1))
      )
        pieces.push({ from, to, text: '' })
    pieces.push({ from: known.inner_from, to: known.inner_from, text: list.join('') })
  } else if (list.length > 0) {
    const before = new Set([
      'fileVersion',
      'fileSharing',
      'workbookPr',
      'workbookProtection',
      'bookViews',
      'sheets',
      'functionGroups',
      'externalReferences',
    ])
    const next = children.find(
      ({ name, from }) => from > sheets.from && !before.has(localName(name)) && name !== known?.name,
    )
    const at = next?.from ?? opened.root.inner_to
    pieces.push({
      from: known?.from ?? at,
      to: known?.to ?? at,
      text: `<${p}definedNames>${list.join('')}</${p}definedNames>`,
    })
  }
  return replaced(xml, pieces)
}

/** Whether a text is XML in UTF-8, which alone is patched. */
export const isPatchable = (xml: string) =>
  nextTag(xml, 0) !== undefined && !/^<\?xml[^>]*encoding=["'](?!utf-8)/i.test(xml)
