/**
 * The guide, README.zh-CN.md, as the pages read it: said once, shown whole under 使用说明 and in parts as help. What follows
 * `<!-- page: name -->` up to the next empty line or item says what that page does and what follows from a change.
 */
import { useQuery } from '@tanstack/react-query'

/** What a page is for and what follows from a change; the first sentence of it as a `line`; and the section it stands in. */
export type PageHelp = { text: string; line: string; section: string }

const MARK = /<!-- page: (\w+) -->\s*/

/** The help of each page in the guide's text. */
export function helpIn(guide: string): Map<string, PageHelp> {
  const helps = new Map<string, PageHelp>()
  let section = ''
  for (const block of guide.split(/\n\s*\n|\n(?=- )/)) {
    section = /(?:^|\n)#{2,3} (.+)/.exec(block)?.[1]?.trim() ?? section
    const [mark, page] = MARK.exec(block) ?? []
    if (mark === undefined || page === undefined) continue
    const text = block
      .slice(block.indexOf(mark) + mark.length)
      .replace(/\s*\n\s*/g, '')
      .replaceAll('**', '')
    const [, line = text] = /^(?:[^：。]*：)?([^。]+)/.exec(text) ?? []
    helps.set(page, { text, line, section })
  }
  return helps
}

/** The end of a line within a Chinese sentence: no space stands there. */
const WRAP = /(?<=[\u2014-\u2026\u3000-\uffff])\n[ \t]*(?=[\u2014-\u2026\u3000-\uffff])/g

/** The guide as it is read: without the marks, and a paragraph's lines as one. */
export const shownGuide = (guide: string): string => guide.replace(new RegExp(MARK, 'g'), '').replace(WRAP, '')

const GUIDE_QUERY = {
  queryKey: ['guide'],
  queryFn: async () => (await import('../README.zh-CN.md?raw')).default,
  staleTime: Number.POSITIVE_INFINITY,
}

/** The guide's text, loaded when it is first asked for. */
export const useGuide = (): string | undefined => useQuery(GUIDE_QUERY).data

/** The help of every page; undefined until the guide is there. */
export const useHelps = (): Map<string, PageHelp> | undefined => useQuery({ ...GUIDE_QUERY, select: helpIn }).data
