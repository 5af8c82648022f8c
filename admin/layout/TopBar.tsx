/** 44 px: seal, campaign, search, the next deadline, what waits, light or dark, who one is. */
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { type ReactNode, useEffect, useState } from 'react'
import { LinkBase as Link, useLogout, useNavigate, useStore } from 'react-admin'
import { fieldOf, forms, printField } from '../../server/forms/index.ts'
import { type Campaign, type Me, placeOf, useCampaign } from '../me.ts'
import { Icon, Seal } from '../parts/icons.tsx'
import { nextDeadline, useProgress, useTodo } from '../parts/queries.ts'
import { daysBetween, shortDay } from '../parts/words.ts'
import { openFinder } from './Finder.tsx'
import { useMode } from './Layout.tsx'

export function TopBar({ me }: { me: Me }) {
  const [mode, setMode] = useMode()
  const isJuror = me.role === 'juror'
  return (
    <header className="top">
      <Link to="/" className="brand" title="首页">
        <Seal />
        <span>好网民台账</span>
      </Link>
      <Campaigns me={me} />
      <span className="fill" />
      {!isJuror && (
        <button type="button" className="find" onClick={openFinder}>
          <Icon name="search" small />
          <span className="cut">{me.role === 'clerk' ? '搜索本单位的记录' : '搜索记录、活动、作品'}</span>
          <kbd>Ctrl K</kbd>
        </button>
      )}
      <span className="fill" />
      {!isJuror && <Deadline />}
      {!isJuror && <Bell me={me} />}
      <button
        type="button"
        className="tool"
        title={mode === 'dark' ? '换浅色' : '换深色'}
        aria-label={mode === 'dark' ? '换浅色' : '换深色'}
        onClick={() => setMode(mode === 'dark' ? 'light' : 'dark')}
      >
        <Icon name={mode === 'dark' ? 'sun' : 'moon'} />
      </button>
      <Who me={me} />
    </header>
  )
}

/** A button with a list below it; `items` closes the list by the function it is given. */
function Drop({
  label,
  className,
  children,
  items,
}: {
  label: string
  className: string
  children: ReactNode
  items: (close: () => void) => ReactNode
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <>
      <button
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-label={label}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {children}
        <Icon name="down" small />
      </button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {items(() => setAnchor(null))}
      </Menu>
    </>
  )
}

const states = forms.campaigns && fieldOf(forms.campaigns, 'state')

/** What is said of a campaign that does not simply run. */
const stateOf = ({ state }: Campaign) => (states && state !== 'running' ? ` ${printField(states, state)}` : '')

/** Whoever chooses the one that everybody begins with goes on with everybody when the next one is opened. */
function Campaigns({ me }: { me: Me }) {
  const chosen = useCampaign()
  const [, choose] = useStore<number | null>('campaign', null)
  const [, see] = useStore<number | null>('campaign.seen', null)
  const shown = chosen?.id ?? null
  useEffect(() => see(shown), [see, shown])
  if (!chosen) return null
  return (
    <Drop
      label={`年度，现在是 ${chosen.year} 年度${stateOf(chosen)}`}
      className="button year"
      items={(close) =>
        me.campaigns.map((campaign) => (
          <MenuItem
            key={campaign.id}
            selected={campaign.id === chosen.id}
            onClick={() => {
              choose(campaign.id === me.campaign?.id ? null : campaign.id)
              close()
            }}
          >
            {campaign.year} 年度{stateOf(campaign)}
            <span className="muted">{campaign.name}</span>
          </MenuItem>
        ))
      }
    >
      {chosen.year} 年度{stateOf(chosen)}
    </Drop>
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
    <span className="deadline">
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
    <Link to="/" className="tool" title="待办" aria-label={waits ? '待办，有新的' : '待办'}>
      <Icon name="bell" />
      {waits && <i />}
    </Link>
  )
}

function Who({ me }: { me: Me }) {
  const logout = useLogout()
  const navigate = useNavigate()
  return (
    <Drop
      label={`我的账号：${placeOf(me)} · ${me.name}`}
      className="who"
      items={(close) => [
        <MenuItem
          key="account"
          onClick={() => {
            close()
            navigate('/account')
          }}
        >
          <Icon name="account" />
          我的账号
        </MenuItem>,
        ...(me.role === 'clerk' || me.role === 'province'
          ? [
              <MenuItem
                key="operations"
                onClick={() => {
                  close()
                  navigate('/operations')
                }}
              >
                <Icon name="back" />
                我的操作
              </MenuItem>,
            ]
          : []),
        <MenuItem
          key="out"
          onClick={() => {
            close()
            void logout()
          }}
        >
          <Icon name="out" />
          退出登录
        </MenuItem>,
      ]}
    >
      <span className="initial" data-initial={me.name.slice(0, 1)} />
      <span>
        {placeOf(me)} · {me.name}
      </span>
    </Drop>
  )
}
