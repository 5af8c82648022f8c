// XML as it lies there, for changing a few places of somebody else's part and leaving every other byte alone. What is
// changed here has passed the guarded reader before (xml.ts), so tags match and no token is endless.
import { attribute } from './xml.ts'

/** An element by its places in the text: `<` of its start tag, the content between, behind its end tag. */
export type Element = {
  name: string
  from: number
  inner_from: number
  inner_to: number
  to: number
  attributes: string
}

type Tag = { name: string; kind: 'open' | 'close' | 'empty'; from: number; to: number; attributes: string }

const MAX_NAME = 200

/** The end of a tag that begins at `from`: a `>` inside a quoted attribute does not count. */
function tagEnd(xml: string, from: number): number {
  for (let at = from; at < xml.length; at++) {
    const letter = xml[at]
    if (letter === '>') return at
    if (letter === '"' || letter === "'") at = xml.indexOf(letter, at + 1)
    if (at < 0) break
  }
  return -1
}

/** The next tag at or behind `at`; comments, CDATA and instructions are passed over. */
export function nextTag(xml: string, at: number): Tag | undefined {
  for (let from = xml.indexOf('<', at); from >= 0; from = xml.indexOf('<', from)) {
    const skipped = xml.startsWith('<!--', from)
      ? xml.indexOf('-->', from) + 3
      : xml.startsWith('<![CDATA[', from)
        ? xml.indexOf(']]>', from) + 3
        : xml[from + 1] === '?'
          ? xml.indexOf('?>', from) + 2
          : 0
    if (skipped > 0) {
      if (skipped <= from) return undefined
      from = skipped
      continue
    }
    const end = tagEnd(xml, from + 1)
    if (end < 0) return undefined
    const closes = xml[from + 1] === '/'
    const empty = xml[end - 1] === '/'
    const start = closes ? from + 2 : from + 1
    let nameTo = start
    while (nameTo < end && nameTo - start < MAX_NAME && !/[\s/]/.test(xml[nameTo] ?? ' ')) nameTo++
    const kind = closes ? 'close' : empty ? 'empty' : 'open'
    const attributes = closes ? '' : xml.slice(nameTo, empty ? end - 1 : end)
    return { name: xml.slice(start, nameTo), kind, from, to: end + 1, attributes }
  }
  return undefined
}

/** The element whose start tag is the next one at or behind `at`. */
export function elementAt(xml: string, at: number): Element | undefined {
  const opening = nextTag(xml, at)
  if (!opening || opening.kind === 'close') return undefined
  const { name, from, to, attributes } = opening
  if (opening.kind === 'empty') return { name, from, inner_from: to, inner_to: to, to, attributes }
  let depth = 1
  for (let tag = nextTag(xml, to); tag; tag = nextTag(xml, tag.to)) {
    if (tag.kind === 'open') depth++
    else if (tag.kind === 'close' && --depth === 0)
      return { name, from, inner_from: to, inner_to: tag.from, to: tag.to, attributes }
  }
  return undefined
}

/** The elements that stand next to each other between two places. */
export function elementsIn(xml: string, from: number, to: number): Element[] {
  const found: Element[] = []
  for (let at = from; at < to; ) {
    const element = elementAt(xml, at)
    if (!element || element.from >= to) break
    found.push(element)
    at = element.to
  }
  return found
}

/** Without its namespace prefix. */
export const localName = (name: string) => name.slice(name.indexOf(':') + 1)
/** 'x:' of x:row, '' of row: what is added must be in the same namespace. */
const prefixOf = (name: string) => name.slice(0, name.indexOf(':') + 1)

/** The root and its children. */
export function openRoot(xml: string): { root: Element; children: Element[]; prefix: string } | undefined {
  const root = elementAt(xml, 0)
  return root && { root, children: elementsIn(xml, root.inner_from, root.inner_to), prefix: prefixOf(root.name) }
}

/** The attributes of a tag with one of them set, added or (null) taken out. */
export function withAttribute(attributes: string, name: string, value: string | number | null): string {
  const pattern = new RegExp(`(^|\\s)${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`)
  const said = value === null ? '' : ` ${name}="${value}"`
  return pattern.test(attributes) ? attributes.replace(pattern, said) : `${attributes.trimEnd()}${said}`
}

/** A number an attribute holds, or `otherwise`. */
export function numberIn(attributes: string, name: string, otherwise = 0): number {
  const value = Number(attribute(attributes, name))
  return Number.isInteger(value) && value >= 0 ? value : otherwise
}

/** The text with pieces put in place of others; places are those of the text given, in any order, not overlapping. */
export function replaced(xml: string, pieces: readonly { from: number; to: number; text: string }[]): string {
  let result = ''
  let at = 0
  for (const { from, to, text } of [...pieces].sort((a, b) => a.from - b.from || a.to - b.to)) {
    result += xml.slice(at, from) + text
    at = to
  }
  return result + xml.slice(at)
}
