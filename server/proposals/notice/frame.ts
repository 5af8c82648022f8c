/** The frame of a notice: its head (who, number, title, day), its text, and its annexes with their titles and notes. */
import { type Block, inOneLine, type NoticeFile, type Paragraph, type Table } from './document.ts'
import { type CampaignFact, sourceOfParagraph } from './facts.ts'
import { plain } from './numbers.ts'

/** A paragraph with the file it stands in, its words with single blanks, and the headings above it. */
export type Passage = Paragraph & { file: string; said: string; headings: string[] }

/** A table with what stands around it. */
export type NoticeTable = {
  table: Table
  file: string
  annex: number | null
  title: string
  before: Passage[]
  after: Passage[]
}

export type NoticeFrame = {
  campaign: CampaignFact
  /** Whom it is addressed to, as one line. */
  addressees?: Passage
  /** The text of the notice, from the addressees to its day. */
  text: Passage[]
  /** Paragraphs of annexes, with their numbers. */
  annexes: (Passage & { annex: number | null })[]
  tables: NoticeTable[]
}

const ANNEX = /^附件\s*([\d一二三四五六七八九十]{1,3})\s*[:：]?$/
const NUMERALS = '一二三四五六七八九十'
const numberOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : NUMERALS.indexOf(text) + 1 || null)
const LONE_DAY = /^(\d{4})年(\d{1,2})月(\d{1,2})日(?:印发)?$/
const NOTICE_NUMBER = /^\S{2,20}[〔［[(（]\d{4}[〕］\])）]\s*\d+号$/
const isList = (text: string) => /^附件[:：]/.test(text)

const LEVELS = [/^[一二三四五六七八九十]+、/, /^（[一二三四五六七八九十]+）/, /^\d{1,2}[.．、]/, /^（\d{1,2}）/]
/** How deep a heading stands: 一、 (一) 1. (1); undefined of what is none. */
export const levelOf = (text: string): number | undefined => {
  const level = LEVELS.findIndex((pattern) => pattern.test(text))
  return level < 0 ? undefined : level
}
export const withoutNumeral = (text: string): string =>
  LEVELS.reduce((rest, pattern) => rest.replace(pattern, ''), text).trim()

const dayOf = (text: string): string | null => {
  const found = LONE_DAY.exec(inOneLine(text))
  return found ? `${found[1]}-${found[2]?.padStart(2, '0')}-${found[3]?.padStart(2, '0')}` : null
}

/** Lines of a title as one: a quotation that goes over two lines keeps the blank between them. */
function joinTitle(lines: readonly string[]): string {
  let title = ''
  for (const line of lines) {
    const isQuoted = title.lastIndexOf('“') > title.lastIndexOf('”')
    title += (title !== '' && isQuoted ? ' ' : '') + line
  }
  return title.replace(/\s+/g, ' ').trim()
}

const nameOf = (title: string): string =>
  title
    .replace(/^关于(?:联合|认真|切实)?(?:组织)?(?:开展|做好|举办|参加|印发|组织)?/, '')
    .replace(/的通知$/, '')
    .replace(/工作$/, '')

function themeOf(paragraphs: readonly Passage[], title: string): string | null {
  for (const { said } of paragraphs) {
    const found = /以?[“"]([^”"]{4,60})[”"](?:为)?主题/.exec(said)
    if (found?.[1]) return found[1].trim()
  }
  return /“([^”]{4,60})”/.exec(title)?.[1] ?? null
}

type Head = { campaign: CampaignFact; addressees?: Passage; bodyFrom: number }

function headOf(file: string, passages: readonly Passage[], dated: string | null): Head {
  const titleFrom = passages.findIndex(({ said }) => /^关于/.test(said))
  const titleTo = passages.findIndex(({ said }, n) => n >= titleFrom && /通知$/.test(said))
  const hasTitle = titleFrom >= 0 && titleTo >= titleFrom && titleTo - titleFrom < 6
  const title = hasTitle ? joinTitle(passages.slice(titleFrom, titleTo + 1).map(({ said }) => said)) : null
  const above = passages.slice(0, hasTitle ? titleFrom : 0)
  const number = above.find(({ said }) => NOTICE_NUMBER.test(inOneLine(said)))
  const issued = above.filter((each) => each !== number).map(({ said }) => said.replace(/\s*文件$/, '').trim())
  const after = passages.slice(hasTitle ? titleTo + 1 : 0)
  const addressees = after.slice(0, 3).find(({ said }) => /[:：]$/.test(said))
  const printedYear = /(\d{4})年/.exec(title ?? '')?.[1]
  const year = printedYear ? Number(printedYear) : dated ? Number(dated.slice(0, 4)) : null
  const titled = passages[hasTitle ? titleFrom : 0]
  return {
    campaign: {
      year,
      name: title ? nameOf(title) : (titled?.said.slice(0, 60) ?? ''),
      theme: themeOf(after, title ?? ''),
      notice_number: number ? inOneLine(number.said) : null,
      notice_title: title,
      dated,
      // one body over two lines: 甘肃省劳动模范和先进工作者 / 评选委员会
      issued_by: issued.length === 2 && !/(会|办|委|部|局|院)$/.test(issued[0] ?? '') ? [issued.join('')] : issued,
      source: titled ? sourceOfParagraph(file, titled, title ?? titled.text) : { file, text: '' },
    },
    addressees,
    bodyFrom: addressees ? passages.indexOf(addressees) + 1 : hasTitle ? titleTo + 1 : 0,
  }
}

/** Headings that stand above each paragraph. */
function withHeadings(file: string, blocks: readonly Block[]): (Passage | Table)[] {
  const path: { level: number; text: string }[] = []
  return blocks.map((block) => {
    if (block.kind === 'table') return block
    const said = plain(block.text)
    const level = levelOf(said)
    const headings = path.filter((each) => level === undefined || each.level < level).map(({ text }) => text)
    if (level !== undefined && !block.is_contents) {
      while (path.length > 0 && (path[path.length - 1]?.level ?? 0) >= level) path.pop()
      path.push({ level, text: said })
    }
    if (ANNEX.test(inOneLine(said))) path.length = 0
    return { ...block, file, said, headings }
  })
}

/** Which file is the notice itself: the one with a title 关于…的通知, else the first document. */
function isNotice({ blocks }: NoticeFile): boolean {
  const lines = blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : []))
  return lines.slice(0, 12).some((text) => /^关于/.test(text)) && lines.slice(0, 16).some((text) => /通知$/.test(text))
}

type Walked = { passages: Passage[]; annexes: NoticeFrame['annexes']; tables: NoticeTable[] }

/** The annex a file is named after: 附件3线下活动统计表.xlsx. */
const annexOfName = (file: string) => Number(/附件\s*(\d{1,2})/.exec(file)?.[1] ?? 0) || null

function walk(file: NoticeFile, isAnnex: boolean): Walked {
  const walked: Walked = { passages: [], annexes: [], tables: [] }
  let annex = isAnnex ? annexOfName(file.file) : null
  let isInAnnex = isAnnex
  let before: Passage[] = []
  let last: NoticeTable | undefined
  for (const block of withHeadings(file.file, file.blocks)) {
    if (block.kind === 'table') {
      const titles = before.filter(
        ({ said }) => !ANNEX.test(inOneLine(said)) && !/[:：]/.test(said) && said.length < 60,
      )
      last = {
        table: block,
        file: file.file,
        annex: isInAnnex ? annex : null,
        title: joinTitle(titles.map(({ said }) => said)),
        before,
        after: [],
      }
      if (!isInAnnex) last.title = ''
      walked.tables.push(last)
      before = []
      continue
    }
    const named = ANNEX.exec(inOneLine(block.said))
    if (named && !block.is_contents) {
      annex = numberOf(named[1] ?? '')
      isInAnnex = true
      before = []
      last = undefined
    }
    before.push(block)
    last?.after.push(block)
    if (isInAnnex) walked.annexes.push({ ...block, annex })
    else walked.passages.push(block)
  }
  return walked
}

/** The frame of all files of one notice. */
export function frameOf(files: readonly NoticeFile[]): NoticeFrame {
  const notice =
    files.find((file) => file.format === 'docx' && isNotice(file)) ?? files.find(({ format }) => format === 'docx')
  const walked = files.map((file) => ({ file, ...walk(file, file !== notice) }))
  const own = walked.find(({ file }) => file === notice)
  const passages = (own?.passages ?? []).filter(({ is_contents, is_boxed }) => !is_contents && !is_boxed)
  // its day stands alone in a line, or in a cell beside the bodies that sign
  const signed = own?.tables.filter(({ annex }) => annex === null).flatMap(({ table }) => table.cells) ?? []
  const days = [...passages.map(({ said }) => dayOf(said)), ...signed.map(({ text }) => dayOf(text))]
  const head = headOf(notice?.file ?? '', passages, days.find((day) => day !== null) ?? null)
  const bodyTo = passages.findIndex(({ said }, n) => n >= head.bodyFrom && isList(said))
  return {
    campaign: head.campaign,
    addressees: head.addressees,
    text: passages
      .slice(head.bodyFrom, bodyTo < 0 ? undefined : bodyTo)
      .filter(({ said }) => dayOf(said) === null && !/^(?:联\s*系\s*(?:人|电话)|电子邮箱|工作邮箱)[:：]/.test(said)),
    annexes: walked.flatMap(({ annexes }) => annexes).filter(({ is_contents }) => !is_contents),
    tables: walked.flatMap(({ tables }) => tables),
  }
}
