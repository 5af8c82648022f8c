/** 首页 of a unit: the deadline, my gap, what came back with its reason in full, and where I stopped. */

import { LinkBase as Link, useGetList } from 'react-admin'
import { annexOf, type Form, registersOf } from '../../server/forms/index.ts'
import type { ImportHead } from '../../server/imports/tell/heads.ts'
import { useForms } from '../forms.ts'
import { useWords } from '../identity.ts'
import { type Me, placeOf, rightsOf, useCampaign } from '../me.ts'
import { classes } from '../parts/classes.ts'
import { Body, ButtonLink, Lines, LinkButton, Page, PageHead, Section } from '../parts/controls.tsx'
import { DropZone } from '../parts/Drop.tsx'
import { Icon, iconOf } from '../parts/icons.tsx'
import { ImportState, summaryOf } from '../parts/imports.tsx'
import { download, rowsAt } from '../parts/links.ts'
import { nextDeadline, type ProgressReport, type Todo, useLiveReports, useProgress, useTodo } from '../parts/queries.ts'
import { Mark } from '../parts/states.tsx'
import { count, day, daysBetween, shortDay, weekday, when } from '../parts/words.ts'
import { CameBack } from './CameBack.tsx'
import home from './Home.module.css'
import css from './HomeUnit.module.css'
import { MissingWorks } from './MissingWorks.tsx'
import { UnitGaps } from './UnitGaps.tsx'

const RECENT_IMPORTS = 3

export default function HomeUnit({ me }: { me: Me }) {
  const words = useWords()
  const { data: progress } = useProgress()
  const { data: todo } = useTodo()
  const campaign = useCampaign()
  const [first] = registersOf(useForms()).filter(({ name }) => rightsOf(me, name).create)
  const enters = first !== undefined
  useLiveReports()
  const today = progress?.today ?? campaign?.today ?? ''
  const [year, month, date] = today.split('-').map(Number)
  const resume = todo?.drafts.toSorted((a, b) => b.count - a.count)[0]?.form ?? first?.name
  return (
    <Page scrolls>
      <PageHead
        title={me.unit_name ?? placeOf(me, words)}
        note={today && `${year} 年 ${month} 月 ${date} 日　${weekday(today)}`}
      >
        {enters && resume && (
          <ButtonLink to={rowsAt(resume, { status: ['draft'] })} icon="plus" kind="primary">
            继续录入
          </ButtonLink>
        )}
      </PageHead>
      {progress && <Stages progress={progress} />}
      <Body className={classes(home.columns, home.unit)}>
        <div>
          {progress && <UnitGaps me={me} progress={progress} />}
          {todo && <CameBack todo={todo} today={today} enters={enters} />}
          {enters && todo && todo.missing_works.length > 0 && (
            <Section title="作品还没报够">
              <ul className={home.todo}>
                <MissingWorks works={todo.missing_works} />
              </ul>
            </Section>
          )}
          {enters && todo && <Doubled todo={todo} />}
          {enters && <RecentImports today={today} />}
        </div>
        <aside>
          {first && todo && <Resume todo={todo} first={first} />}
          {enters && (
            <Section title="上传工作簿">
              <DropZone me={me} />
            </Section>
          )}
          <Annexes me={me} />
        </aside>
      </Body>
    </Page>
  )
}

/** 5 月, 6—8 月, 8 月 26 日, 9 月 23—27 日: as the notice writes it. */
function spanOf(from: string, to: string): string {
  const [, fromMonth, fromDay] = from.split('-').map(Number)
  const [, toMonth, toDay] = to.split('-').map(Number)
  if (from === to) return day(from)
  if (fromDay === 1 && (toDay ?? 0) >= 28)
    return fromMonth === toMonth ? `${fromMonth} 月` : `${fromMonth}—${toMonth} 月`
  return fromMonth === toMonth ? `${fromMonth} 月 ${fromDay}—${toDay} 日` : `${shortDay(from)} 至 ${shortDay(to)}`
}

function Stages({ progress: { stages, today } }: { progress: ProgressReport }) {
  const deadline = nextDeadline(stages, today)
  return (
    <ol className={css.stages}>
      {stages.map((stage) => {
        const isDue = stage === deadline
        const isPast = stage.ends_on < today
        const isNow = !isDue && stage.starts_on <= today && !isPast
        const left = daysBetween(today, stage.ends_on)
        return (
          <li
            key={stage.name}
            className={isDue ? css.due : isPast ? css.past : isNow ? css.now : ''}
            title={stage.content ?? undefined}
          >
            <b>{stage.name}</b>
            <span>{spanOf(stage.starts_on, stage.ends_on)}</span>
            {isNow && <em>正在进行</em>}
            {isPast && stage.locks.length > 0 && <em>已截止</em>}
            {isDue && (
              <em>
                {left === 0 ? '今天截止' : `还有 ${left} 天`}
                {stage.locks.length > 0 && '，过后只能查看'}
              </em>
            )}
          </li>
        )
      })}
    </ol>
  )
}

function RecentImports({ today }: { today: string }) {
  const { data } = useGetList<ImportHead>('imports', {
    pagination: { page: 1, perPage: RECENT_IMPORTS },
    sort: { field: 'id', order: 'DESC' },
    filter: {},
  })
  if (!data || data.length === 0) return null
  return (
    <Section title="最近导入" aside={<Link to="/imports">导入记录</Link>}>
      <ul className={home.todo}>
        {data.map((each) => (
          <li key={each.id}>
            <ImportState of={each} />
            <b className="cut">{each.file_name}</b>
            <span className="cut fill muted">{summaryOf(each)}</span>
            <span className="muted">{when(each.created_at, today)}</span>
            <Link to={`/imports/${each.id}/show`}>{each.state === 'checked' ? '继续' : '查看'}</Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** One's own people whose phone another unit has registered too; which unit only the province sees. */
function Doubled({ todo }: { todo: Todo }) {
  const ids = todo.shared_phones.flatMap((each) => each.ids)
  if (ids.length === 0) return null
  return (
    <Section title="请核对">
      <ul className={home.todo}>
        <li>
          <Mark tone="clash">
            <b>别的单位也登记了</b>
          </Mark>
          <span className="cut fill muted">{count(ids.length)} 名宣传员的手机号，请核对是不是同一个人。</span>
          <Link to={rowsAt('propagandists', { id: { values: ids, label: '别的单位也登记了' } })}>查看</Link>
        </li>
      </ul>
    </Section>
  )
}

/** `first`: where one begins who has no drafts. */
function Resume({ todo, first }: { todo: Todo; first: Form }) {
  const forms = useForms()
  return (
    <Section title="继续录入">
      <ul className={css.resume}>
        {todo.drafts.map((each) => (
          <li key={each.form}>
            <Link to={rowsAt(each.form, { status: ['draft'] })}>
              <Icon name={iconOf(each.form)} />
              <span className="fill">
                <b>{forms[each.form]?.label}</b>　{count(each.count)} 行草稿
              </span>
              <Icon name="right" small />
            </Link>
          </li>
        ))}
        {todo.drafts.length === 0 && (
          <li>
            <Link to={`/${first.name}`}>
              <Icon name="plus" />
              <span className="fill soft">没有草稿。从{first.label}录起，或上传工作簿。</span>
              <Icon name="right" small />
            </Link>
          </li>
        )}
      </ul>
    </Section>
  )
}

function Annexes({ me }: { me: Me }) {
  const campaign = useCampaign()
  const readable = registersOf(useForms()).filter((form) => rightsOf(me, form.name).export)
  const query = campaign ? { filter: { campaign_id: campaign.id } } : {}
  return (
    <Section title="下载附件">
      <Lines className={css.annexes}>
        <tbody>
          {readable.map((form) => (
            <tr key={form.name}>
              <td className="muted">{annexOf(form)}</td>
              <td>{form.label}</td>
              <td>
                <LinkButton onClick={() => download(`/${form.name}/template.xlsx`)}>空表</LinkButton>
              </td>
              <td>
                <LinkButton onClick={() => download(`/${form.name}/export.xlsx`, query)}>带数据</LinkButton>
              </td>
            </tr>
          ))}
        </tbody>
      </Lines>
    </Section>
  )
}
