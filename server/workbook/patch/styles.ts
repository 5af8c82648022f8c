// The styles of somebody's workbook with ours added behind them: for each style of a wrong cell the same with a red fill,
// and one for our words. What is there keeps its number.
import { type Element, elementsIn, localName, numberIn, openRoot, replaced, withAttribute } from '../raw_xml.ts'

const red = 'FFFFC7CE'
/** Excel knows no more styles in a workbook. */
const MAX_STYLES = 64_000

export type Styles = {
  /** The number of a style like this one, with a red fill. */
  red: (style: number) => number
  /** The number of the style of our words: text, wrapped. */
  note: number
  /** The part with everything asked for so far. Undefined when that is more than a workbook may hold. */
  xml: () => string | undefined
}

/** Undefined where the part has not the shape that every producer gives it. */
export function openStyles(xml: string): Styles | undefined {
  const opened = openRoot(xml)
  const part = (name: string) => opened?.children.find((child) => localName(child.name) === name)
  const fills = part('fills')
  const cells = part('cellXfs')
  if (!opened || !fills || !cells) return undefined
  const { prefix: p } = opened
  const formats = elementsIn(xml, cells.inner_from, cells.inner_to)
  const fillCount = elementsIn(xml, fills.inner_from, fills.inner_to).length
  const first = formats[0]
  if (!first || fillCount === 0) return undefined
  const added: string[] = []
  const known = new Map<number, number>()
  const add = (format: string) => formats.length + added.push(format) - 1

  const noteAttributes = [
    ['numFmtId', 49],
    ['fillId', 0],
    ['borderId', 0],
    ['applyNumberFormat', 1],
    ['applyFill', 1],
    ['applyAlignment', 1],
  ].reduce((said, [name, value]) => withAttribute(said, String(name), value ?? null), first.attributes)
  const note = add(`<${p}xf${noteAttributes}><${p}alignment vertical="center" wrapText="1"/></${p}xf>`)

  const coloured = (style: number) => {
    const { name, attributes, inner_from, inner_to } = formats[style] ?? (first as Element)
    const said = withAttribute(withAttribute(attributes, 'fillId', fillCount), 'applyFill', 1)
    const inside = xml.slice(inner_from, inner_to)
    return inside === '' ? `<${name}${said}/>` : `<${name}${said}>${inside}</${name}>`
  }
  const fill = `<${p}fill><${p}patternFill patternType="solid"><${p}fgColor rgb="${red}"/><${p}bgColor indexed="64"/></${p}patternFill></${p}fill>`
  return {
    note,
    red: (style) => {
      const number = known.get(style) ?? add(coloured(style))
      known.set(style, number)
      return number
    },
    xml: () => {
      if (formats.length + added.length > MAX_STYLES) return undefined
      return replaced(xml, [...growing(fills, [fill], fillCount), ...growing(cells, added, formats.length)])
    },
  }
}

/** More children at the end of an element, and its `count` put right. */
function growing({ name, from, inner_to, attributes }: Element, added: readonly string[], before: number) {
  const tagEnd = from + 1 + name.length + attributes.length
  const count = numberIn(attributes, 'count', before)
  const said = withAttribute(attributes, 'count', Math.max(count, before) + added.length)
  return [
    { from: from + 1 + name.length, to: tagEnd, text: said },
    { from: inner_to, to: inner_to, text: added.join('') },
  ]
}
