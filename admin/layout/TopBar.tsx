/** 44 px: seal, campaign, search, the next deadline, what waits, light or dark, who one is. */

import { useEffect } from 'react'
import { LinkBase as Link, useLogout, useNavigate, useStore } from 'react-admin'
import { type Form, fieldOf, printField } from '../../server/forms/index.ts'
import { useForms } from '../forms.ts'
import { useWords } from '../identity.ts'
import { type Campaign, type Me, placeOf, useCampaign } from '../me.ts'
import { Button, IconButton, IconLink } from '../parts/controls.tsx'
import { Icon, Seal } from '../parts/icons.tsx'
import { MenuButton, MenuItem } from '../parts/MenuButton.tsx'
import { nextDeadline, useProgress, useTodo } from '../parts/queries.ts'
import { daysBetween, shortDay } from '../parts/words.ts'
import { openFinder } from './Finder.tsx'
import { useMode } from './looks.ts'
import css from './TopBar.module.css'

type TopBarProps = { me: Me; onImpersonate: () => void }

export function TopBar({ me, onImpersonate }: TopBarProps) {
  const [mode, setMode] = useMode()
  const isJuror = me.role === 'juror'
  return (
    <header className={css.top}>
      <Link to="/" className={css.brand} title="首页">
        <Seal />
        <span>好网民台账</span>
      </Link>
      <Campaigns me={me} />
      <span className="fill" />
      {!isJuror && (
        <button type="button" className={css.find} onClick={openFinder}>
          <Icon name="search" small />
          <span className="cut">{me.role === 'clerk' ? '搜索本单位的记录' : '搜索记录、活动、作品'}</span>
          <kbd>Ctrl K</kbd>
        </button>
      )}
      <span className="fill" />
      {!isJuror && <Deadline />}
      {!isJuror && <Bell me={me} />}
      <IconButton
        icon={mode === 'dark' ? 'sun' : 'moon'}
        label={mode === 'dark' ? '换浅色' : '换深色'}
        onClick={() => setMode(mode === 'dark' ? 'light' : 'dark')}
      />
      <Who me={me} onImpersonate={onImpersonate} />
    </header>
  )
}

/** What is said of a campaign that does not simply run. */
function stateIn(campaigns: Form | undefined, { state }: Campaign): string {
  const field = campaigns && fieldOf(campaigns, 'state')
  return field && state !== 'running' ? ` ${printField(field, state)}` : ''
}

/** Whoever chooses the one that everybody begins with goes on with everybody when the next one is opened. */
function Campaigns({ me }: { me: Me }) {
  const chosen = useCampaign()
  const { campaigns } = useForms()
  const [, choose] = useStore<number | null>('campaign', null)
  const navigate = useNavigate()
  const [, see] = useStore<number | null>('campaign.seen', null)
  const shown = chosen?.id ?? null
  useEffect(() => see(shown), [see, shown])
  if (!chosen) return null
  return (
    <MenuButton
      button={(opener) => (
        <Button
          className={css.year}
          aria-label={`年度，现在是 ${chosen.year} 年度${stateIn(campaigns, chosen)}`}
          {...opener}
        >
          {chosen.year} 年度{stateIn(campaigns, chosen)}
          <Icon name="down" small />
        </Button>
      )}
    >
      {me.campaigns.map((campaign) => (
        <MenuItem
          key={campaign.id}
          selected={campaign.id === chosen.id}
          onChoose={() => choose(campaign.id === me.campaign?.id ? null : campaign.id)}
        >
          {campaign.year} 年度{stateIn(campaigns, campaign)}
          <span className="muted">{campaign.name}</span>
        </MenuItem>
      ))}
      {me.role === 'province' && <MenuItem onChoose={() => navigate('/new_year')}>新建年度…</MenuItem>}
      {me.role === 'province' && <MenuItem onChoose={() => navigate('/from_notice')}>从通知来…</MenuItem>}
    </MenuButton>
  )
}

function Deadline() {
  const { data } = useProgress()
  const isOver = useCampaign()?.state === 'archived'
  const stage = data && !isOver && nextDeadline(data.stages, data.today)
  if (!stage) return null
  const left = daysBetween(data.today, stage.ends_on)
  const name = stage.name.replace(/截止$/, '')
  return (
    <span className={css.deadline}>
      {left === 0 ? (
        <>
          {name}
          <b> 今天</b> 截止
        </>
      ) : (
        <>
          距{name}截止 {shortDay(stage.ends_on)} 还有 <b>{left}</b> 天
        </>
      )}
    </span>
  )
}

function Bell({ me }: { me: Me }) {
  const { data } = useTodo()
  const waits =
    me.role === 'province'
      ? (data?.pending.length ?? 0) > 0
      : me.role === 'clerk' && (data?.returned_counts.length ?? 0) > 0
  return (
    <IconLink to="/" icon="bell" title="待办" label={waits ? '待办，有新的' : '待办'}>
      {waits && <i className={css.dot} />}
    </IconLink>
  )
}

function Who({ me, onImpersonate }: TopBarProps) {
  const words = useWords()
  const logout = useLogout()
  const navigate = useNavigate()
  return (
    <MenuButton
      button={(opener) => (
        <button
          type="button"
          className={css.who}
          aria-label={`我的账号：${placeOf(me, words)} · ${me.name}`}
          {...opener}
        >
          <span className={css.initial} data-initial={me.name.slice(0, 1)} />
          <span>
            {placeOf(me, words)} · {me.name}
          </span>
          <Icon name="down" small />
        </button>
      )}
    >
      <MenuItem onChoose={() => navigate('/account')}>
        <Icon name="account" />
        我的账号
      </MenuItem>
      <MenuItem onChoose={() => navigate('/guide')}>
        <Icon name="help" />
        使用说明
      </MenuItem>
      {(me.role === 'clerk' || me.role === 'province') && (
        <MenuItem onChoose={() => navigate('/operations')}>
          <Icon name="back" />
          我的操作
        </MenuItem>
      )}
      {me.role === 'province' && (
        <MenuItem onChoose={onImpersonate}>
          <Icon name="eye" />
          以他人身份查看…
        </MenuItem>
      )}
      <MenuItem onChoose={() => void logout()}>
        <Icon name="out" />
        退出登录
      </MenuItem>
    </MenuButton>
  )
}
