/** What is collected, and by whom: from a table with a row a project, or from paragraphs with 承办单位 below each project. */

import { daysIn, type Reckoning } from './days.ts'
import { inOneLine, type Table, textAt } from './document.ts'
import { type HostFact, sourceOfParagraph } from './facts.ts'
import { levelOf, type NoticeFrame, type Passage, withoutNumeral } from './frame.ts'
import { countIn, limitsIn } from './numbers.ts'
import { sourceOfCell } from './quota_tables.ts'
import { type ClassifiedTable, lastWord } from './table_kinds.ts'
import { shared } from './targets.ts'

type FoundHost = Omit<HostFact, 'id'>

const MEDIA: readonly [RegExp, string][] = [
  [/图文/, '图文'],
  [/摄影|图片|照片/, '图片'],
  [/微视频|短视频|视频|微课/, '视频'],
  [/音频|诵读|歌曲|朗诵/, '音频'],
  [/动漫|漫画/, '动漫'],
  [/平台/, '平台'],
  [/案例|创新活动/, '案例'],
  [/网评|文章|征文/, '文字'],
  [/达人|账号/, '账号'],
]
const MAX_MEDIUM_CHARS = 20
/** The medium by the words of a title, else of what is said of it. */
const mediumOf = (...texts: string[]): string => {
  for (const text of texts) {
    const found = MEDIA.find(([pattern]) => pattern.test(text))
    if (found) return found[1]
  }
  return ''
}

/** A body above that only is fed: 全总, 全国; 市级 where a district leads. */
const isOfAbove = (words: string, leader: string) => {
  if (/全国|全总/.test(words)) return true
  if (/省级/.test(words)) return !/省/.test(leader)
  return /市级/.test(words) && /(?:区|县|街道)总工会$/.test(leader)
}

const columnOf = (labels: readonly string[], pattern: RegExp) => {
  const at = labels.findIndex((label) => pattern.test(lastWord(label)))
  return at < 0 ? undefined : at
}

/** A row a project; what is merged from above is said of this row too. */
function fromTable(found: ClassifiedTable, frame: NoticeFrame, reckoning: Reckoning): FoundHost[] {
  const { table, shape, file, title } = found
  const { labels, headingRows } = shape
  const at = {
    title: columnOf(labels, /项目|活动名称|征集/),
    host: columnOf(labels, /承办单位|主办单位/),
    medium: columnOf(labels, /形式|类别|类型/),
    limits: columnOf(labels, /时长|篇幅|大小|要求$/),
    count: columnOf(labels, /报送数量|数量|名额/),
    until: columnOf(labels, /截止|时间|期限/),
  }
  if (at.title === undefined || at.host === undefined) return []
  const leader = frame.campaign.issued_by[0] ?? ''
  const level = isOfAbove(
    `${title}${frame.text.find(({ said }) => annexIsNamed(said, found.annex))?.said ?? ''}`,
    leader,
  )
    ? 'above'
    : 'own'
  const hosts: FoundHost[] = []
  for (let row = headingRows; row < table.rows; row++) {
    const text = (column: number | undefined) => (column === undefined ? '' : textAt(table, row, column))
    const name = text(at.title)
    if (name === '') continue
    const demands = text(at.limits)
    const count = countIn(text(at.count))
    const until = daysIn(text(at.until), reckoning)[0]?.ends_on ?? null
    hosts.push({
      title: name,
      hosts: text(at.host)
        .split(/[、，]/)
        .filter((host) => host !== ''),
      medium: (text(at.medium) || mediumOf(name)).slice(0, MAX_MEDIUM_CHARS),
      level,
      limits: limitsIn(demands),
      per_unit: count ? { ...count, says: text(at.count) } : null,
      until,
      content: demands,
      entrance: null,
      sub_themes: [],
      tags: [],
      source: sourceOfCell(file, table as Table, row, at.title),
      also: [],
    })
  }
  return hosts
}

const annexIsNamed = (said: string, annex: number | null) => annex !== null && said.includes(`附件${annex}`)

/** For all projects alike: 每个子项目推荐作品不超过2件，请于2023年7月20日前报… */
function sayForAll(hosts: FoundHost[], frame: NoticeFrame, reckoning: Reckoning): void {
  for (const passage of frame.text) {
    const found = /(?:每个?(?:子)?项目|各)[^，。；\d]{0,8}推荐[^，。；\d]{0,8}?(?:不超过)?(\d+)[件个幅部篇名项首]/.exec(
      passage.said,
    )
    if (!found) continue
    const sentence = passage.said.split('。').find((each) => each.includes(found[0])) ?? found[0]
    const until = daysIn(sentence, reckoning).find(({ is_deadline }) => is_deadline)?.ends_on ?? null
    for (const host of hosts) {
      if (host.per_unit) continue
      host.per_unit = { max: Number(found[1]), says: found[0] }
      host.until ??= until
      host.also.push(sourceOfParagraph(passage.file, passage, sentence))
    }
  }
}

const HOST_LINE = /^(?:承办|主办)单位[:：]\s*(.+)$/s
const ENTRANCE_LINE = /^(?:平台入口|投稿邮箱|报送平台)[:：]\s*(.+)$/s
const MAX_CONTENT_CHARS = 1000

const quotedIn = (text: string) => [...text.matchAll(/[“"]([^”"]{2,20})[”"]/g)].map(([, words]) => (words ?? '').trim())

/** Sub-themes and tags: quotations before 为主题, a list in one quotation, kinds and services listed one by one. */
function themesIn(content: string): { sub_themes: string[]; tags: string[] } {
  const themes = /(?:以|围绕)((?:[“"][^”"]+[”"][、和与]?){2,})为?主题/.exec(content)?.[1]
  if (themes) return { sub_themes: quotedIn(themes), tags: [] }
  const listed = /围绕[^“。]{0,6}“([^”]+(?:、[^”]+){2,})”/.exec(content)?.[1]
  if (listed) return { sub_themes: [], tags: listed.split('、') }
  const kinds = /(?:可选|包括|分为|开展)((?:[^、，。；]{2,16}、){2,}[^、，。；]{2,16})[，。；]/
    .exec(content)?.[1]
    ?.split('、')
  if (!kinds) return { sub_themes: [], tags: [] }
  // 公共服务的优秀平台: the last one goes on with what they are of, unless all are said so
  const isSaidSo = kinds.slice(0, -1).some((kind) => kind.includes('的'))
  return { sub_themes: isSaidSo ? kinds : kinds.map((kind) => kind.split('的')[0] ?? kind), tags: [] }
}

type NoticeSection = { heading: Passage; title: string; level: HostFact['level']; body: Passage[] }

/** Projects among paragraphs: a heading, or a numbered item below it, with what is said until the next one. */
function sectionsOf(passages: readonly Passage[], leader: string): NoticeSection[] {
  const sections: NoticeSection[] = []
  for (const passage of passages) {
    const level = levelOf(passage.said)
    const last = sections[sections.length - 1]
    if (level === undefined) {
      last?.body.push(passage)
      continue
    }
    const words = withoutNumeral(passage.said)
    const title = (words.split('。')[0] ?? words).trim()
    const above = [...passage.headings, passage.said].join(' ')
    sections.push({ heading: passage, title, level: isOfAbove(above, leader) ? 'above' : 'own', body: [passage] })
  }
  return sections
}

const isHostLine = ({ said }: Passage) => HOST_LINE.test(said)
const namesIn = (line: string) =>
  line
    .split(/[\n、，]/)
    .map(inOneLine)
    .filter((name) => name !== '')

/** Items without a host of their own have the one said after the last of them. */
function fromProse(passages: readonly Passage[], leader: string): FoundHost[] {
  const sections = sectionsOf(passages, leader)
  const hosts: FoundHost[] = []
  for (const [n, section] of sections.entries()) {
    const level = levelOf(section.heading.said) ?? 0
    const next = sections[n + 1]
    const isGroup = next !== undefined && (levelOf(next.heading.said) ?? 0) > level && !section.body.some(isHostLine)
    if (isGroup) continue
    const following = sections.slice(n).filter((each) => (levelOf(each.heading.said) ?? 0) === level)
    const from = section.body.find(isHostLine)
    const host = from ?? following.find(({ body }) => body.some(isHostLine))?.body.find(isHostLine)
    const isSibling = from !== undefined || (host !== undefined && sameParent(section, following, host))
    const line = host && isSibling ? HOST_LINE.exec(host.said)?.[1] : undefined
    if (!line || !/征集|活动|作品|平台|案例|视频|摄影/.test(section.title)) continue
    const own = section.body.filter((each) => !isHostLine(each) && !ENTRANCE_LINE.test(each.said))
    const content = own
      .map(({ said }, at) => (at === 0 ? withoutNumeral(said).slice(section.title.length).replace(/^。/, '') : said))
      .join('')
    const entrance = [...section.body, ...following.flatMap(({ body }) => body)]
      .map(({ said }) => ENTRANCE_LINE.exec(said)?.[1])
      .find(Boolean)
    hosts.push({
      title: section.title,
      hosts: namesIn(line),
      // "national" of a title says nothing of who collects: its host does
      level:
        section.level === 'above' && namesIn(line).includes(leader) && section.heading.headings.length === 0
          ? 'own'
          : section.level,
      medium: mediumOf(section.title, content),
      limits: limitsIn(content),
      per_unit: null,
      until: null,
      content: content.slice(0, MAX_CONTENT_CHARS),
      entrance: entrance?.replace(/\s*\n\s*/g, '\n') ?? null,
      ...themesIn(content),
      source: sourceOfParagraph(section.heading.file, section.heading, section.heading.text),
      also: host ? [sourceOfParagraph(host.file, host)] : [],
    })
  }
  return hosts
}

const sameParent = (section: NoticeSection, following: readonly NoticeSection[], host: Passage) => {
  const owner = following.find(({ body }) => body.includes(host))
  return (
    owner !== undefined &&
    owner.heading.headings.join() === section.heading.headings.join() &&
    section.heading.headings.length > 0
  )
}

/** Collections and their hosts, those of tables first. */
export function hostsOf(frame: NoticeFrame, tables: readonly ClassifiedTable[], reckoning: Reckoning): HostFact[] {
  const leader = frame.campaign.issued_by[0] ?? ''
  const listed = tables
    .filter(({ kind }) => kind === 'collections')
    .flatMap((table) => fromTable(table, frame, reckoning))
  const annexes = new Map<number | null, Passage[]>()
  for (const passage of frame.annexes) annexes.set(passage.annex, [...(annexes.get(passage.annex) ?? []), passage])
  const told = [frame.text, ...annexes.values()].flatMap((passages) =>
    passages.some(isHostLine) ? fromProse(passages, leader) : [],
  )
  const hosts = [
    ...told.filter(({ level }) => level === 'own'),
    ...listed,
    ...told.filter(({ level }) => level === 'above'),
  ]
  sayForAll(
    hosts.filter(({ source }) => source.table !== undefined),
    frame,
    reckoning,
  )
  return hosts.map((host, n) => ({ id: `host_${n + 1}`, ...host }))
}

const bare = (title: string) =>
  title.replace(/[“”‘’"'《》\s]/g, '').replace(/全国(?:工会)?|网络正能量|优秀|作品|征集|活动/g, '')

/** An activity above that a collection here is likely the same as. */
export function counterpart(host: HostFact, others: readonly HostFact[]): HostFact | undefined {
  return others.find(
    (other) =>
      other.hosts.some((name) => host.hosts.includes(name)) && shared(bare(host.title), bare(other.title)) >= 2,
  )
}
