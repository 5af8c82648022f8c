// Our notes among those that a sheet has already: comments and their boxes are added to the parts that are there. Notes of
// an earlier table of errors are taken out first; a cell with a note of the sender's keeps it.
import { parseRange } from '../cells.ts'
import { author, box_prefixes, box_type, commentXml, FIRST_SHAPE_ID, type Note, shapeXml } from '../notes.ts'
import { elementsIn, localName, openRoot, replaced } from '../raw_xml.ts'
import { escapeText } from '../rows.ts'
import { attribute } from '../xml.ts'
import { impossible } from './impossible.ts'

type Piece = { from: number; to: number; text: string }

/** The comments with ours; `fresh` are the notes that have been added, `gone` the cells whose notes were ours before. */
export function withComments(xml: string, notes: readonly Note[]) {
  const opened = openRoot(xml)
  const part = (name: string) => opened?.children.find((child) => localName(child.name) === name)
  const authors = part('authors')
  const list = part('commentList')
  if (!opened || !authors || !list || authors.to === authors.inner_to || list.to === list.inner_to)
    throw impossible('comments')
  const { prefix: p } = opened
  const names = elementsIn(xml, authors.inner_from, authors.inner_to)
  const own = names.findIndex(({ inner_from, inner_to }) => xml.slice(inner_from, inner_to) === author)
  const pieces: Piece[] = []
  const gone: Note[] = []
  const taken = new Set<string>()
  for (const { attributes, from, to } of elementsIn(xml, list.inner_from, list.inner_to)) {
    const ref = attribute(attributes, 'ref') ?? ''
    const place = parseRange(ref)
    if (own >= 0 && Number(attribute(attributes, 'authorId')) === own && place) {
      pieces.push({ from, to, text: '' })
      gone.push({ row: place.from_row, column: place.from_column, text: '' })
    } else taken.add(`${place?.from_row} ${place?.from_column}`)
  }
  const fresh = notes.filter(({ row, column }) => !taken.has(`${row} ${column}`))
  if (own < 0)
    pieces.push({
      from: authors.inner_to,
      to: authors.inner_to,
      text: `<${p}author>${escapeText(author)}</${p}author>`,
    })
  const added = fresh.map((note) => commentXml(note, own < 0 ? names.length : own, p)).join('')
  pieces.push({ from: list.inner_to, to: list.inner_to, text: added })
  return { xml: replaced(xml, pieces), fresh, gone }
}

/** The drawing with boxes for `fresh`, without those of `gone`. */
export function withBoxes(xml: string, fresh: readonly Note[], gone: readonly Note[]): string {
  const opened = openRoot(xml)
  if (!opened || opened.root.to === opened.root.inner_to) throw impossible('drawing')
  const { root, children } = opened
  const at = (row: number, column: number) => `${row} ${column}`
  const left = new Set(gone.map(({ row, column }) => at(row, column)))
  const pieces: Piece[] = []
  let last = FIRST_SHAPE_ID - 1
  let hasType = false
  for (const { name, attributes, from, to, inner_from, inner_to } of children) {
    if (localName(name) === 'shapetype' && attribute(attributes, 'id') === '_x0000_t202') hasType = true
    if (localName(name) !== 'shape') continue
    last = Math.max(last, Number(/_s(\d{1,6})$/.exec(attribute(attributes, 'id') ?? '')?.[1] ?? 0))
    const inside = xml.slice(inner_from, inner_to)
    const row = /:Row>\s*(\d+)\s*</.exec(inside)?.[1]
    const column = /:Column>\s*(\d+)\s*</.exec(inside)?.[1]
    if (row && column && left.has(at(Number(row) + 1, Number(column)))) pieces.push({ from, to, text: '' })
  }
  const missing = Object.entries(box_prefixes)
    .filter(([name]) => attribute(root.attributes, `xmlns:${name}`) === undefined)
    .map(([name, uri]) => ` xmlns:${name}="${uri}"`)
    .join('')
  const tagEnd = root.from + 1 + root.name.length
  pieces.push({ from: tagEnd, to: tagEnd, text: missing })
  const shapes = fresh.map((note, index) => shapeXml(note, last + 1 + index)).join('')
  pieces.push({ from: root.inner_to, to: root.inner_to, text: `${hasType ? '' : box_type}${shapes}` })
  return replaced(xml, pieces)
}
