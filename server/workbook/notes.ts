// Notes at cells, as Excel wants them: a comment, and a box drawn for it in a second part.

import { places, standard_font } from '../forms/paper/styles.ts'
import { cellAddress } from './cells.ts'
import { escapeText } from './rows.ts'

/** A note at a cell: row from 1, column from 0. */
export type Note = { row: number; column: number; text: string }

/** Notes a sheet carries; what they say stands in 错误说明 too, and a thousand boxes are a burden to Excel. */
export const MAX_NOTES = 1_000
export const author = '好网民后台'
export const FIRST_SHAPE_ID = 1025

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
/** The prefixes of a drawing of boxes. */
export const box_prefixes = {
  v: 'urn:schemas-microsoft-com:vml',
  o: 'urn:schemas-microsoft-com:office:office',
  x: 'urn:schemas-microsoft-com:office:excel',
}

/** The notes of a sheet. */
export function commentsXml(notes: readonly Note[]): string {
  const list = notes.map((note) => commentXml(note, 0)).join('')
  return `${head}<comments xmlns="${main}"><authors><author>${author}</author></authors><commentList>${list}</commentList></comments>`
}

/** `p` is the prefix of the part it stands in. */
export function commentXml({ row, column, text }: Note, authorId: number, p = ''): string {
  const font = `<${p}rPr><${p}sz val="9"/><${p}rFont val="${standard_font.name}"/><${p}charset val="134"/></${p}rPr>`
  return `<${p}comment ref="${cellAddress(column, row)}" authorId="${authorId}"><${p}text><${p}r>${font}<${p}t xml:space="preserve">${escapeText(text)}</${p}t></${p}r></${p}text></${p}comment>`
}

/** Their boxes. */
export function drawingXml(notes: readonly Note[]): string {
  const prefixes = Object.entries(box_prefixes)
    .map(([name, uri]) => ` xmlns:${name}="${uri}"`)
    .join('')
  const shapes = notes.map((note, index) => shapeXml(note, FIRST_SHAPE_ID + index))
  return `<xml${prefixes}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>${box_type}${shapes.join('')}</xml>`
}

/** What the boxes of notes have in common, as Excel writes it. */
export const box_type =
  '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'

/** The box of a note; `id` counts from 1025. */
export function shapeXml({ row, column, text }: Note, id: number): string {
  const lines = Math.max(2, Math.ceil(places(text) / 34) + 1)
  const anchor = [column + 1, 15, Math.max(0, row - 2), 10, column + 4, 15, row - 1 + lines, 4].join(', ')
  return `<v:shape id="_x0000_s${id}" type="#_x0000_t202" style="position:absolute;z-index:${id - FIRST_SHAPE_ID + 1};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>${anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>${row - 1}</x:Row><x:Column>${column}</x:Column></x:ClientData></v:shape>`
}
