/** 报送版: annexes as they were handed in, numbered and frozen; made here, taken out, held against each other. */

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, ListBase, useGetList, useListContext, useNotify } from 'react-admin'
import type { ListedFiling } from '../../server/filings/routes.ts'
import type { SnapshotDifference } from '../../server/filings/snapshot.ts'
import { annexOf, type Form, registersOf } from '../../server/forms/index.ts'
import { dataProvider } from '../dataProvider.ts'
import { type Forms, useForms } from '../forms.ts'
import { get } from '../http.ts'
import { useWords, type Words } from '../identity.ts'
import { type Me, rightsOf, useCampaign, useMe } from '../me.ts'
import { Body, Button, FieldFault, Lines, LinkButton, Notice, Page, PageHead, Select } from '../parts/controls.tsx'
import { DifferenceList } from '../parts/Difference.tsx'
import { download } from '../parts/downloads.ts'
import { Pages } from '../parts/Pages.tsx'
import { useUnits } from '../parts/queries.ts'
import { Mark } from '../parts/states.tsx'
import { count, when } from '../parts/words.ts'
import css from './Filings.module.css'

const PAGE_ROWS = 50

type NamedRecord = { id: number; name?: string; short_name?: string; title?: string; code?: string }

export default function Filings() {
  const me = useMe()
  const campaign = useCampaign()
  if (!me || !campaign) return null
  return (
    <ListBase
      resource="filings"
      perPage={PAGE_ROWS}
      sort={{ field: 'id', order: 'DESC' }}
      filter={{ campaign_id: campaign.id }}
      storeKey={false}
      disableSyncWithLocation
      disableAuthentication
    >
      <Page scrolls>
        <PageHead title="报送版">
          <Button icon="download" onClick={() => void download('/annexes/all.zip', { campaign_id: campaign.id })}>
            全部附件打包
          </Button>
        </PageHead>
        <Body>
          {campaign.state !== 'archived' && <Maker me={me} campaign_id={campaign.id} />}
          <Papers today={campaign.today} />
          <Pages />
        </Body>
      </Page>
    </ListBase>
  )
}

function Papers({ today }: { today: string }) {
  const { data } = useListContext<ListedFiling>()
  const [compared, setCompared] = useState<number | null>(null)
  return (
    <>
      <Lines sticky>
        <thead>
          <tr>
            <th>编号</th>
            <th>附件</th>
            <th>内容</th>
            <th className="number">行数</th>
            <th>生成人</th>
            <th>时间</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {data?.map((each) => (
            <Line
              key={each.id}
              of={each}
              today={today}
              isOpen={compared === each.id}
              onCompare={() => setCompared(compared === each.id ? null : each.id)}
              others={data.filter((other) => isSameSeries(each, other) && other.id !== each.id)}
            />
          ))}
        </tbody>
      </Lines>
      {data?.length === 0 && <Notice>还没有报送过。提交的行核对好以后，从上面生成第一份报送版。</Notice>}
    </>
  )
}

const isSameSeries = (one: ListedFiling, other: ListedFiling) =>
  one.form === other.form && one.covers_unit_id === other.covers_unit_id && one.collection_id === other.collection_id

const contentOf = (forms: Forms, { area }: Words, { collection_id_label, covers_unit_id_label, form }: ListedFiling) =>
  collection_id_label ?? covers_unit_id_label ?? (forms[form]?.scope === 'unit' ? '全部单位' : area)

type LineProps = {
  of: ListedFiling
  today: string
  isOpen: boolean
  onCompare: () => void
  others: readonly ListedFiling[]
}

function Line({ of, today, isOpen, onCompare, others }: LineProps) {
  const words = useWords()
  const forms = useForms()
  const form = forms[of.form]
  return (
    <>
      <tr>
        <td>
          <b>{of.number}</b> {of.is_latest && <Mark tone="ok">最新</Mark>}
          {!of.leads_here && (
            <FieldFault>
              {of.address ? `印的核对网址 ${of.address} 不是本系统的` : '印的核对网址读不出来'}
              {of.is_latest && '，请从上面重新生成一份'}。
            </FieldFault>
          )}
        </td>
        <td>
          {form && annexOf(form)} {form?.label}
        </td>
        <td>{contentOf(forms, words, of)}</td>
        <td className="number">{count(of.rows)}</td>
        <td>{of.created_by_label}</td>
        <td className="muted">{when(of.created_at, today)}</td>
        <td>
          <LinkButton onClick={() => void download(`/filings/${of.id}/file.xlsx`)}>下载</LinkButton>{' '}
          <LinkButton aria-expanded={isOpen} onClick={onCompare}>
            对比
          </LinkButton>{' '}
          <a href={`/verify/${of.number}`} target="_blank" rel="noreferrer">
            核对
          </a>
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7}>
            <Compare of={of} others={others} />
          </td>
        </tr>
      )}
    </>
  )
}

/** This paper against another of the same series, or against the rows as they are now. */
function Compare({ of, others }: { of: ListedFiling; others: readonly ListedFiling[] }) {
  const [other, setOther] = useState('now')
  const { data, error } = useQuery({
    queryKey: ['filing', of.id, other],
    queryFn: () => get(`/filings/${of.id}/compare?with=${other}`) as Promise<SnapshotDifference>,
    staleTime: 0,
  })
  const against = others.find(({ id }) => String(id) === other)
  return (
    <div className={css.compare}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child */}
      <label>
        {of.number} 对比{' '}
        <Select small className={css.which} value={other} onChange={(event) => setOther(event.target.value)}>
          <option value="now">现在的内容</option>
          {others.map(({ id, number }) => (
            <option key={id} value={id}>
              {number}
            </option>
          ))}
        </Select>
      </label>
      {error && <FieldFault>{error.message}</FieldFault>}
      {data && <DifferenceList of={data} before={of.number} after={against?.number ?? '现在的内容'} />}
    </div>
  )
}

/** What this person may hand in: own annexes, a hosted collection's works, for the province one unit's or all units'. */
function Maker({ me, campaign_id }: { me: Me; campaign_id: number }) {
  const notify = useNotify()
  const { refetch } = useListContext()
  const [busy, setBusy] = useState(false)
  const [what, setWhat] = useState('')
  const [unit, setUnit] = useState('')
  const isProvince = me.role === 'province'
  const forms = useForms()
  const { data: units } = useUnits(isProvince)
  // a campaign without works has no collections to ask for
  const { data: collections } = useGetList<NamedRecord>(
    'collections',
    {
      pagination: { page: 1, perPage: 100 },
      sort: { field: 'code', order: 'ASC' },
      filter: { campaign_id },
    },
    { enabled: forms.collections !== undefined },
  )
  const hosted = collections?.filter(({ id }) => isProvince || me.hosted.includes(id)) ?? []
  const { submissions: works } = forms
  const annexes = [...(isProvince ? [forms.quotas, forms.collections] : []), ...registersOf(forms)].filter(
    (form): form is Form => form !== undefined && rightsOf(me, form.name).export,
  )
  if (me.role !== 'clerk' && !isProvince) return null
  const [form = '', collection] = what.split(' ')
  const isUnits = isProvince && !collection && forms[form]?.scope === 'unit'

  async function make() {
    setBusy(true)
    try {
      const { data: made } = await dataProvider.create<ListedFiling & { is_new: boolean }>('filings', {
        data: {
          form,
          campaign_id,
          ...(collection && { collection_id: Number(collection) }),
          ...(isUnits && unit && { unit_id: Number(unit) }),
        },
      })
      await refetch()
      notify(made.is_new ? `已登记：${made.number}，${count(made.rows)} 行。` : `内容没有变化，沿用 ${made.number}。`, {
        type: 'info',
      })
      await download(`/filings/${made.id}/file.xlsx`)
    } catch (error) {
      notify((error as HttpError).message, { type: 'error', autoHideDuration: 12_000 })
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className={css.maker}
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <Select
        small
        className={css.which}
        aria-label="附件"
        required
        value={what}
        onChange={(event) => setWhat(event.target.value)}
      >
        <option value="">选择附件</option>
        {annexes.map(({ name, annex, label }) => (
          <option key={name} value={name}>
            {annexOf({ annex })} {label}
          </option>
        ))}
        {works &&
          hosted.map(({ id, title }) => (
            <option key={id} value={`${works.name} ${id}`}>
              {annexOf(works)} {works.label}：{title}
            </option>
          ))}
      </Select>
      {isUnits && (
        <Select small aria-label="单位" value={unit} onChange={(event) => setUnit(event.target.value)}>
          <option value="">全部单位</option>
          {units?.map(({ id, short_name }) => (
            <option key={id} value={id}>
              {String(short_name)}
            </option>
          ))}
        </Select>
      )}
      <Button kind="primary" submit disabled={!what || busy}>
        {busy ? '正在登记…' : '生成报送版'}
      </Button>
      {isUnits && !unit && (
        <Button icon="download" onClick={() => void download(`/${form}/units.zip`, { filter: { campaign_id } })}>
          分单位打包
        </Button>
      )}
      <span className="muted">草稿、退回、不受理和作废的行不在内；内容没变就沿用原来的编号。</span>
    </form>
  )
}
