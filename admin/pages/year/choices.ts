/** What the page 新建年度 asks the server, and the choices a person makes on it. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { HttpError } from 'react-admin'
import type { YearPreview } from '../../../server/campaigns/years/routes.ts'
import type { YearChange, YearChoices } from '../../../server/campaigns/years/turn.ts'
import { post } from '../../http.ts'

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

/** The next year as it would be: asked anew with every choice, the last answer standing until the new one is there. */
export const useYearPreview = (from: number, choices: Choices) =>
  useQuery<YearPreview, HttpError>({
    queryKey: ['next_year', from, choices],
    queryFn: () => post(`/campaigns/${from}/next_year?check=1`, choices) as Promise<YearPreview>,
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
