/** Cells of a document's tables as nodes of its XML, at the places at which they are read (proposals/notice/word_table.ts). */
import { type XmlNode, xml } from 'easy-template-x'

export const childrenOf = (node: XmlNode | undefined): XmlNode[] => node?.childNodes ?? []
export const isNamed = (node: XmlNode, name: string) => node.nodeName === name
const childNamed = (node: XmlNode | undefined, name: string) => childrenOf(node).find((each) => isNamed(each, name))
const attributeOf = (node: XmlNode | undefined, name: string): string | undefined =>
  node && xml.query.isGeneralNode(node) ? node.attributes?.[name] : undefined

/** What was deleted or moved away, and what stands a second time for older programs. */
const SILENT = new Set(['w:del', 'w:moveFrom', 'mc:Fallback'])

/** Nodes of a name below a node, in the document's order and not below each other. */
export function nodesNamed(node: XmlNode, name: string): XmlNode[] {
  return childrenOf(node).flatMap((child) => {
    if (isNamed(child, name)) return [child]
    return SILENT.has(child.nodeName) ? [] : nodesNamed(child, name)
  })
}

/** Texts of a node, those of text boxes and nested tables included. */
export const textsIn = (node: XmlNode): XmlNode[] => nodesNamed(node, 'w:t')
export const wordsOfText = (text: XmlNode): string =>
  childrenOf(text)
    .map((child) => (xml.query.isTextNode(child) ? child.textContent : ''))
    .join('')

export function setWords(text: XmlNode, words: string): void {
  for (const child of [...childrenOf(text)]) xml.modify.removeChild(text, child)
  xml.modify.appendChild(text, xml.create.textNode(words))
  if (xml.query.isGeneralNode(text)) text.attributes = { ...text.attributes, 'xml:space': 'preserve' }
}

const MAX_SPAN = 256
const spanOf = (properties: XmlNode | undefined, name: string): number =>
  Math.min(MAX_SPAN, Math.max(0, Number(attributeOf(childNamed(properties, name), 'w:val')) || 0))

/** The cell at a row and column, both from 0; the first of those that are merged. */
function cellIn(table: XmlNode, row: number, column: number): XmlNode | undefined {
  const isKept = (node: XmlNode) => !childNamed(childNamed(node, 'w:trPr'), 'w:del')
  const line = nodesNamed(table, 'w:tr').filter(isKept)[row]
  if (!line) return undefined
  let at = spanOf(childNamed(line, 'w:trPr'), 'w:gridBefore')
  for (const cell of nodesNamed(line, 'w:tc')) {
    if (at === column) return cell
    at += Math.max(1, spanOf(childNamed(cell, 'w:tcPr'), 'w:gridSpan'))
  }
  return undefined
}

const PLACE = /^表(\d+)!([A-Z]{1,3})(\d+)$/

/** The cell of a place such as 表1!B3. */
export function cellOfPlace(body: XmlNode, place: string): XmlNode | undefined {
  const [, table = '', letters = '', row = ''] = PLACE.exec(place) ?? []
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
  const tables = nodesNamed(body, 'w:tbl').filter((each) => nodesNamed(each, 'w:tc').length > 0)
  const found = tables[Number(table) - 1]
  return found && cellIn(found, Number(row) - 1, column)
}

const looksIn = (node: XmlNode): XmlNode | undefined => {
  const run = nodesNamed(node, 'w:r').find((each) => childNamed(each, 'w:rPr'))
  return childNamed(run, 'w:rPr') ?? childNamed(nodesNamed(node, 'w:pPr')[0], 'w:rPr')
}

/** How words in a cell are to look: as those that stand there, as its line says, else as the label beside it, but not bold. */
export function looksFor(cell: XmlNode): XmlNode | undefined {
  const own = looksIn(cell)
  if (own) return own
  const beside = childrenOf(cell.parentNode).find((node) => isNamed(node, 'w:tc') && looksIn(node) !== undefined)
  const looks = beside && looksIn(beside)
  if (!looks) return undefined
  const plain = xml.create.cloneNode(looks, true)
  xml.modify.removeChildren(plain, (child) => isNamed(child, 'w:b') || isNamed(child, 'w:bCs'))
  return plain
}

/** A run of these words, looking as said. */
export function runOf(words: string, looks: XmlNode | undefined): XmlNode {
  const text = xml.create.generalNode('w:t', { attributes: { 'xml:space': 'preserve' } })
  xml.modify.appendChild(text, xml.create.textNode(words))
  const run = xml.create.generalNode('w:r')
  if (looks) xml.modify.appendChild(run, xml.create.cloneNode(looks, true))
  xml.modify.appendChild(run, text)
  return run
}

/** The width of a cell in points, as it says itself. */
export function widthOfCell(cell: XmlNode): number | undefined {
  const width = childNamed(childNamed(cell, 'w:tcPr'), 'w:tcW')
  const twentieths = attributeOf(width, 'w:type') === 'dxa' ? Number(attributeOf(width, 'w:w')) : 0
  return twentieths > 0 ? twentieths / 20 : undefined
}
