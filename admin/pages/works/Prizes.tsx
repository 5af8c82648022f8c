/** 奖项: what a work is put forward for by its host, and what the province decided; the award's own row is in 附件9. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, LinkBase as Link, useNotify } from 'react-admin'
import { NATIONAL } from '../../../server/forms/index.ts'
import type { PrizeCount } from '../../../server/works/routes.ts'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { useForms } from '../../forms.ts'
import { del, get, post, put } from '../../http.ts'
import { useWords } from '../../identity.ts'
import type { Me } from '../../me.ts'
import { classes } from '../../parts/classes.ts'
import { Button, LinkButton, Section, Select } from '../../parts/controls.tsx'
import { rowsAt } from '../../parts/links.ts'
import { Mark } from '../../parts/states.tsx'
import css from './Prizes.module.css'
import type { WorkRow } from './queries.ts'
import works from './works.module.css'

/** Most a work can have: a prize and the national ones, and what was annulled before. */
const MAX_AWARDS = 20

type Award = StoredRow & { category: string; decision: string | null; certificate_number: string | null }

const usePrizes = (id: number) =>
  useQuery({
    queryKey: ['prizes', id],
    queryFn: async () => {
      const { data } = await dataProvider.getList<Award>('awards', {
        pagination: { page: 1, perPage: MAX_AWARDS },
        sort: { field: 'id', order: 'ASC' },
        filter: { submission_id: id },
      })
      return data.filter(({ status }) => status !== 'void')
    },
  })

/** The prizes of a collection, and how many of each are still to be given. */
const usePrizeCounts = (collection: number) =>
  useQuery({
    queryKey: ['prize counts', collection],
    queryFn: () => get(`/collections/${collection}/prizes`) as Promise<PrizeCount[]>,
  })

const isFar = (status: string) => ['proposed', 'publicised', 'awarded', 'nominated'].includes(status)
const hasWon = (status: string) => status === 'awarded' || status === 'nominated'

/** 作品一等奖（3 个，已提 2 个） */
const calledPrize = ({ name, max, given }: PrizeCount) =>
  max === null ? name : `${name}（${max} 个，已提 ${given} 个）`

/** What may be put forward for the work as it stands, as app.propose_prize has it; those of which none is left stand there to be read. */
function useChoices(work: WorkRow): PrizeCount[] | undefined {
  const { data: counts } = usePrizeCounts(work.collection_id)
  const { awards } = useForms()
  const known = awards?.fields.find(({ name }) => name === 'category')?.choices ?? []
  if (!counts) return undefined
  const national = hasWon(work.status) ? [{ name: NATIONAL, max: null, given: 0 }] : []
  return [...(isFar(work.status) ? counts : []), ...national].filter(({ name }) => known.includes(name))
}

export function Prizes({ me, work, onChanged }: { me: Me; work: WorkRow; onChanged: () => void }) {
  const words = useWords()
  const client = useQueryClient()
  const notify = useNotify()
  const { data: awards } = usePrizes(work.id)
  const [chosen, setChosen] = useState('')
  const [busy, setBusy] = useState(false)
  const possible = useChoices(work)
  const choices = possible?.filter(({ name }) => !awards?.some(({ category }) => category === name)) ?? []
  if (!awards || !possible || (awards.length === 0 && choices.length === 0)) return null

  async function act(said: string, work_: () => Promise<unknown>) {
    setBusy(true)
    try {
      await work_()
      notify(said, { type: 'info' })
      setChosen('')
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    } finally {
      setBusy(false)
      await Promise.all(
        [
          ['prizes', work.id],
          ['prize counts', work.collection_id],
        ].map((queryKey) => client.invalidateQueries({ queryKey })),
      )
      onChanged()
    }
  }
  const propose = () => act(`已提出：${chosen}。`, () => post(`/submissions/${work.id}/prizes`, { category: chosen }))
  const withdraw = ({ id, category }: Award) =>
    act(`已收回：${category}。`, () => del(`/submissions/${work.id}/prizes/${id}`))
  const decide = ({ id, version, category }: Award, decision: '同意' | '不同意') =>
    act(`${category}：${decision}。`, async () => {
      await put(`/awards/${id}`, { version, decision })
      if (decision === '同意') await post(`/awards/${id}/approval`)
    })
  return (
    <Section title="奖项">
      <ul className={css.prizes}>
        {awards.map((award) => (
          <li key={award.id}>
            <b>{award.category}</b> <Decision award={award} />
            <span className="fill" />
            {award.decision === null && award.status === 'submitted' && (
              <>
                {me.role === 'province' && (
                  <>
                    <LinkButton disabled={busy} onClick={() => void decide(award, '同意')}>
                      同意
                    </LinkButton>
                    <LinkButton disabled={busy} onClick={() => void decide(award, '不同意')}>
                      不同意
                    </LinkButton>
                  </>
                )}
                <LinkButton disabled={busy} onClick={() => void withdraw(award)}>
                  收回
                </LinkButton>
              </>
            )}
            <Link
              to={rowsAt('awards', { submission_id: { values: [work.id], label: work.title } }, { open: award.id })}
            >
              附件9
            </Link>
          </li>
        ))}
      </ul>
      {choices.length > 0 && (
        <div className={css.prizeForm}>
          <Select small aria-label="奖项" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">选奖项</option>
            {choices.map((each) => (
              <option key={each.name} value={each.name} disabled={each.max !== null && each.given >= each.max}>
                {calledPrize(each)}
              </option>
            ))}
          </Select>
          <Button disabled={busy || !chosen} onClick={() => void propose()}>
            提出
          </Button>
        </div>
      )}
      <p className={classes('muted', works.smallPrint)}>
        承办单位提出，{words.lead_short}公示后审定；报送单位看得到，不能改。
      </p>
    </Section>
  )
}

function Decision({ award: { decision, certificate_number, status } }: { award: Award }) {
  if (decision === '不同意') return <Mark tone="bad">不同意</Mark>
  if (decision === '同意')
    return (
      <Mark tone="ok">{`同意${status === 'submitted' ? '，待通过' : ''}${certificate_number ? `　${certificate_number}` : ''}`}</Mark>
    )
  return <Mark tone="draft">待审定</Mark>
}
