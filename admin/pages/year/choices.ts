/** What the page 新建年度 asks the server, and the choices a person makes on it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { HttpError } from 'react-admin'
import type { YearPreview } from '../../../server/campaigns/years/routes.ts'
import type { AnnexMetric, YearChange, YearChoices } from '../../../server/campaigns/years/turn.ts'
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { post, upload } from '../../http.ts'

export type { YearPreview } from '../../../server/campaigns/years/routes.ts'
export type { YearChange } from '../../../server/campaigns/years/turn.ts'

/** As the server takes them; `carried`: registers whose rows are offered to be confirmed. */
export type Choices = YearChoices & { carried: string[] }
type Lists = { [name in keyof Choices]: Choices[name] extends string[] ? name : never }[keyof Choices]

export const firstChoices = (year: number): Choices => ({
  year,
  days: 'date',
  quotas: 'copied',
  factor: 1,
  annex: [],
  leaving: [],
  joining: [],
  dropped: [],
  left_out: [],
  carried: [],
  answers: {},
})

/** A name put on a list, or taken from it. */
export const toggled = (choices: Choices, list: Lists, value: string): Choices => ({
  ...choices,
  [list]: choices[list].includes(value) ? choices[list].filter((each) => each !== value) : [...choices[list], value],
})

/** What a year is made from: a campaign there is, or a package out of a file, which may be of the very year. */
export type YearSource = { year: number; first_year: number } & ({ id: number } | { file: string; package: unknown })

/** Where the next year is asked for, and with what. */
const requestOf = (source: YearSource, choices: Choices) =>
  'id' in source
    ? { path: `/campaigns/${source.id}/next_year`, body: choices }
    : { path: '/campaigns/next_year', body: { ...choices, package: source.package } }

export const keyOf = (source: YearSource) => ('id' in source ? source.id : source.file)

/** Makes the year; answers its id. */
export async function makeYear(source: YearSource, choices: Choices): Promise<number> {
  const { path, body } = requestOf(source, choices)
  return ((await post(path, body)) as { campaign_id: number }).campaign_id
}

/** A package as its file holds it. Throws a sentence where it is none. */
export async function readPackageFile(file: File): Promise<YearSource> {
  const content = await file
    .text()
    .then(JSON.parse)
    .catch(() => null)
  const year = Number(content?.campaign?.year)
  if (!Number.isInteger(year)) throw new Error(`“${file.name}”不是活动包：活动包是从“年度设置”导出的 .json 文件。`)
  return { year, first_year: year, file: file.name, package: content }
}

/** What 附件1 says, out of a workbook or a document. Throws a sentence where nothing of it can be read. */
export async function readAnnexFile(files: readonly File[]): Promise<AnnexMetric[]> {
  const { targets } = await upload<Pick<NoticeProposal, 'targets'>>('/campaigns/proposals', files)
  const annex = targets
    .filter(({ quotas }) => quotas.length > 0)
    .map(({ label, quotas }) => ({ label, quotas: quotas.map(({ unit, value }) => ({ unit, value })) }))
  if (annex.length === 0) throw new Error('这个文件里没有读出各单位的任务。')
  return annex
}

/** The next year as it would be: asked anew with every choice, the last answer standing until the new one is there. */
export const useYearPreview = (source: YearSource, choices: Choices) =>
  useQuery<YearPreview, HttpError>({
    queryKey: ['next_year', keyOf(source), choices],
    queryFn: () => {
      const { path, body } = requestOf(source, choices)
      return post(`${path}?check=1`, body) as Promise<YearPreview>
    },
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  })

/** The parts in their order on the page, with what they are called. */
export const parts: readonly (readonly [YearChange['part'], string])[] = [
  ['quotas', '任务'],
  ['stages', '日程'],
  ['units', '单位'],
  ['collections', '征集活动'],
  ['forms', '登记表'],
  ['texts', '文字'],
]
