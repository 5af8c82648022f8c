/**
 * A document filled: tags are put into its blanks, and easy-template-x writes what they stand for, with the looks of the place.
 * Several papers in one file are the body once for each, every one beginning on a page of its own.
 */
import { MimeType, type TemplateData, TemplateExtension, TemplateHandler, type XmlNode, xml } from 'easy-template-x'
import type { PrintBlank } from '../forms/index.ts'
import { type Filling, fitted, inRoom, isChosen, writable } from './filling.ts'
import { boxesIn, choiceIn, isRoom, isTicked, slotsOf } from './grid.ts'
import {
  cellOfPlace,
  childrenOf,
  isNamed,
  looksFor,
  nodesNamed,
  runOf,
  setWords,
  textsIn,
  widthOfCell,
  wordsOfText,
} from './word_cells.ts'

/** Signs of private use that no text has: they are taken out of values and of the document. */
const TAG = { tagStart: '\ue8f0', tagEnd: '\ue8f1' }
const MAX_DEPTH = 200
/** 2 寸, in pixels of 96 an inch. */
const PICTURE = { width: 132, height: 185 }
const CELL_MARGIN_POINTS = 12
const PIXELS_A_POINT = 96 / 72

const tagOf = (name: string) => `${TAG.tagStart}${name}${TAG.tagEnd}`

/** Puts tags into one copy of the body and collects what they stand for. */
class Tagging {
  readonly data: TemplateData
  private n = 0
  private readonly body: XmlNode
  private readonly paper: number
  /** Of all blanks in lines of words. */
  private readonly labels: ReadonlySet<string>

  constructor(body: XmlNode, paper: number, blanks: readonly PrintBlank[], data: TemplateData) {
    this.body = body
    this.paper = paper
    this.labels = new Set(blanks.filter(({ at }) => at.includes('#')).map(({ label }) => label))
    this.data = data
  }

  private tag(content: unknown): string {
    const name = `p${this.paper}n${this.n++}`
    ;(this.data as Record<string, unknown>)[name] = content
    return tagOf(name)
  }

  fill(blank: PrintBlank, { values, pictures }: Filling): void {
    const picture = pictures[blank.at]
    const value = writable(values[blank.at] ?? '')
    const [place = '', slot] = blank.at.split('#')
    if (slot !== undefined) this.slot(blank, place, value)
    const cell = slot === undefined ? cellOfPlace(this.body, place) : undefined
    if (!cell) return
    if (picture) {
      const width = ((widthOfCell(cell) ?? PICTURE.width) - CELL_MARGIN_POINTS) * PIXELS_A_POINT
      const size = fitted(picture, { width: Math.max(20, width), height: PICTURE.height })
      const format = picture.type === 'image/png' ? MimeType.Png : MimeType.Jpeg
      const image = { _type: 'image', source: Buffer.from(picture.bytes), format, ...size }
      // a line of a fixed height would cut it off
      this.typeOver(cell, this.tag(image), ['w:spacing'])
    } else if (blank.kind === 'choices') this.tick(cell, value)
    else if (value === '') return
    else if (blank.kind === 'opinion') this.above(cell, this.tag(value))
    else if (blank.kind === 'text') this.typeOver(cell, this.tag(value), value.includes('\n') ? ['w:jc'] : [])
  }

  /** In the place of what stands in a cell; lines of text are not centred. `without`: what its line is not to say any more. */
  private typeOver(cell: XmlNode, tag: string, without: readonly string[]): void {
    const [first, ...others] = childrenOf(cell).filter((node) => isNamed(node, 'w:p'))
    if (!first) return
    const looks = looksFor(cell)
    for (const other of others) xml.modify.removeChild(cell, other)
    xml.modify.removeChildren(first, (child) => !isNamed(child, 'w:pPr'))
    for (const properties of nodesNamed(first, 'w:pPr'))
      xml.modify.removeChildren(properties, ({ nodeName }) => without.includes(nodeName))
    xml.modify.appendChild(first, runOf(tag, looks))
  }

  /** In the first line of a cell that has nothing in it, else in one of its own above. */
  private above(cell: XmlNode, tag: string): void {
    const first = childrenOf(cell).find((node) => isNamed(node, 'w:p'))
    if (!first) return
    const run = runOf(tag, looksFor(cell))
    if (textsIn(first).every((text) => wordsOfText(text).trim() === '')) {
      xml.modify.appendChild(first, run)
      return
    }
    const line = xml.create.generalNode('w:p')
    xml.modify.appendChild(line, run)
    xml.modify.insertBefore(line, first)
  }

  private tick(cell: XmlNode, value: string): void {
    const texts = textsIn(cell)
    const whole = texts.map(wordsOfText).join('')
    for (const { mark, words, at } of boxesIn(whole)) {
      if (isTicked(mark) || !isChosen(choiceIn(words), value)) continue
      let from = 0
      for (const text of texts) {
        const own = wordsOfText(text)
        if (at >= from && at < from + own.length)
          setWords(text, `${own.slice(0, at - from)}☑${own.slice(at - from + 1)}`)
        from += own.length
      }
    }
  }

  /** Behind a colon in a line of words: 推荐单位：____. */
  private slot(blank: PrintBlank, place: string, value: string): void {
    const within = place.startsWith('段') ? this.body : cellOfPlace(this.body, place)
    if (value === '' || !within) return
    for (const paragraph of nodesNamed(within, 'w:p')) {
      const texts = textsIn(paragraph)
      const line = texts.map(wordsOfText).join('')
      const found = slotsOf(line, this.labels).find(({ label, text }) => label === blank.label && isRoom(text))
      if (!found) continue
      writeOver(texts, found, this.tag(inRoom(value, found.text, found.to === line.length)))
      return
    }
  }
}

/** Writes over a stretch of a line that may lie in several runs: into the one in which it begins. */
function writeOver(texts: readonly XmlNode[], stretch: { from: number; to: number }, words: string): void {
  let at = 0
  let isWritten = false
  for (const text of texts) {
    const own = wordsOfText(text)
    const [start, end] = [stretch.from - at, stretch.to - at]
    at += own.length
    const isHere: boolean = !isWritten && start >= 0 && start <= own.length
    if (!isHere && !(end > 0 && start < own.length)) continue
    setWords(text, own.slice(0, Math.max(0, start)) + (isHere ? words : '') + own.slice(Math.max(0, end)))
    isWritten ||= isHere
  }
}

const BEFORE_BREAK = ['w:pStyle', 'w:keepNext', 'w:keepLines']
const MARKS = ['w:bookmarkStart', 'w:bookmarkEnd']

/** Each paper but the first begins on a page of its own. */
function beginPage(blocks: readonly XmlNode[]): void {
  const first = blocks[0]
  if (!first) return
  const breaks = xml.create.generalNode('w:pageBreakBefore')
  if (isNamed(first, 'w:p')) {
    const known = childrenOf(first).find((node) => isNamed(node, 'w:pPr'))
    const properties = known ?? xml.create.generalNode('w:pPr')
    if (!known) xml.modify.insertChild(first, properties, 0)
    // where the schema has it
    const before = childrenOf(properties).filter(({ nodeName }) => BEFORE_BREAK.includes(nodeName)).length
    xml.modify.insertChild(properties, breaks, before)
    return
  }
  const line = xml.create.generalNode('w:p')
  const properties = xml.create.generalNode('w:pPr')
  xml.modify.appendChild(properties, breaks)
  xml.modify.appendChild(line, properties)
  xml.modify.insertBefore(line, first)
}

/** Before the library looks for tags: the body once for each paper, with tags in the blanks. */
class BlanksTagged extends TemplateExtension {
  private readonly blanks: readonly PrintBlank[]
  private readonly papers: readonly Filling[]
  private readonly data: TemplateData

  constructor(blanks: readonly PrintBlank[], papers: readonly Filling[], data: TemplateData) {
    super()
    this.blanks = blanks
    this.papers = papers
    this.data = data
  }

  async execute(_data: unknown, { docx, currentPart }: Parameters<TemplateExtension['execute']>[1]): Promise<void> {
    if (currentPart !== docx.mainDocument) return
    const body = nodesNamed(await docx.mainDocument.xmlRoot(), 'w:body')[0]
    if (!body) return
    for (const text of textsIn(body)) {
      const words = wordsOfText(text)
      if (/[\ue8f0\ue8f1]/.test(words)) setWords(text, words.replace(/[\ue8f0\ue8f1]/g, ''))
    }
    const empty = childrenOf(body).filter((node) => !isNamed(node, 'w:sectPr'))
    const copies = this.papers.map((_, n) => (n === 0 ? empty : empty.map((node) => xml.create.cloneNode(node, true))))
    const section = childrenOf(body).find((node) => isNamed(node, 'w:sectPr'))
    for (const [n, copy] of copies.entries()) {
      // looked up in a body of its own, so that places are those of one paper
      const own = xml.create.generalNode('w:body')
      for (const node of copy) {
        if (n === 0) xml.modify.remove(node)
        xml.modify.appendChild(own, node)
      }
      const tagging = new Tagging(own, n, this.blanks, this.data)
      for (const blank of this.blanks) tagging.fill(blank, this.papers[n] as Filling)
      if (n > 0) {
        beginPage(copy)
        // a name stands once in a document
        for (const mark of MARKS.flatMap((name) => nodesNamed(own, name))) xml.modify.remove(mark)
      }
      for (const node of [...childrenOf(own)]) {
        xml.modify.remove(node)
        if (section) xml.modify.insertBefore(node, section)
        else xml.modify.appendChild(body, node)
      }
    }
  }
}

/** The bytes of a document with these papers in it, one behind the other. */
export async function fillDocx(
  bytes: Buffer,
  blanks: readonly PrintBlank[],
  papers: readonly Filling[],
): Promise<Buffer> {
  const data: TemplateData = {}
  const handler = new TemplateHandler({
    delimiters: TAG,
    maxXmlDepth: MAX_DEPTH,
    extensions: { beforeCompilation: [new BlanksTagged(blanks, papers, data)] },
  })
  return handler.process(bytes, data)
}
