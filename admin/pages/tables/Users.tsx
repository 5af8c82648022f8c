/** 用户, the province's: everybody who can log in, and beside the table the one who is made or changed. */

import type { User } from '../../../server/people/users.ts'
import { useWords } from '../../identity.ts'
import { useDensity } from '../../layout/looks.ts'
import { useMe } from '../../me.ts'
import { classes } from '../../parts/classes.ts'
import { Button, Fault, KeptInput, LinkButton, Notice, Page, PageHead, Segments, Tabs } from '../../parts/controls.tsx'
import { useAll } from '../../parts/queries.ts'
import { Mark } from '../../parts/states.tsx'
import { count, moment } from '../../parts/words.ts'
import { useAddress } from './address.ts'
import css from './list.module.css'
import { rolesIn, roleWord, UserPanel } from './UserPanel.tsx'
import { useUsers } from './useUsers.ts'

type Standing = 'active' | 'disabled' | 'all'
const standings: readonly (readonly [Standing, string])[] = [
  ['active', '在用'],
  ['disabled', '已停用'],
  ['all', '全部'],
]

export default function Users() {
  const words = useWords()
  const me = useMe()
  const isProvince = me?.role === 'province'
  const [address, change] = useAddress()
  const { data: units } = useAll('units', 'id', {}, isProvince)
  const { data: users, error, refetch } = useUsers(isProvince)
  if (!me) return <Page />
  if (!isProvince)
    return (
      <Notice>
        用户由{words.contact}管理。账号有变动，请与{words.lead_short}联系。
      </Notice>
    )
  const place = new Map(units?.map((unit, at) => [unit.id, at]))
  const text = (address.q ?? '').trim().toLowerCase()
  const standing = standings.find(([key]) => key === address.standing)?.[0] ?? 'active'
  const found = (users ?? [])
    .filter((user) => standing === 'all' || user.disabled === (standing === 'disabled'))
    .filter((user) => `${user.username} ${user.name} ${user.unit_id_label ?? ''}`.toLowerCase().includes(text))
    .toSorted((a, b) => rankOf(a.role) - rankOf(b.role) || orderOf(place, a) - orderOf(place, b) || a.id - b.id)
  const listed = found.filter(({ role }) => !address.role || role === address.role)
  const chosen = users?.find(({ id }) => String(id) === address.open)
  return (
    <Page>
      <PageHead title="用户">
        <Button kind="primary" icon="plus" onClick={() => change({ open: 'new' })}>
          新建用户
        </Button>
      </PageHead>
      <div className={css.tools}>
        <Tabs
          className={css.tabs}
          label="按角色看"
          chosen={address.role ?? ''}
          onChoose={(role) => change({ role })}
          tabs={[
            { key: '', label: '全部', count: users ? found.length : null },
            ...rolesIn(words).map(([key, label]) => ({
              key: key as string,
              label,
              count: users ? found.filter(({ role }) => role === key).length : null,
            })),
          ]}
        />
        <span className="fill" />
        <KeptInput
          small
          className={classes(css.narrow, css.find)}
          type="search"
          placeholder="姓名、用户名、单位"
          aria-label="姓名、用户名、单位"
          kept={address.q ?? ''}
          tell={(q) => change({ q })}
        />
        <Segments
          label="在用还是停用"
          chosen={standing}
          onChoose={(key) => change({ standing: key === 'active' ? '' : key })}
          choices={standings}
        />
      </div>
      {error && <Fault>{(error as Error).message}</Fault>}
      <div className={css.page}>
        <div className={css.scroll}>
          <Rows users={listed} me={me.id} open={address.open} onOpen={(id) => change({ open: String(id) })} />
          {users && listed.length === 0 && (
            <p className="soft">
              没有符合这些条件的用户。
              <LinkButton onClick={() => change({ q: '', role: '', standing: '' })}>清除筛选</LinkButton>
            </p>
          )}
        </div>
        {(chosen || address.open === 'new') && (
          <UserPanel
            key={address.open}
            user={chosen ?? null}
            me={me}
            units={units ?? []}
            onClose={() => change({ open: '' })}
            onStored={refetch}
          />
        )}
      </div>
      <footer className={css.foot}>
        <span>{users ? `${count(listed.length)} 人` : '—'}</span>
        {users && listed.length < users.length && <span>一共 {count(users.length)} 人</span>}
      </footer>
    </Page>
  )
}

const ranks = ['province', 'cac', 'clerk', 'juror']
const rankOf = (role: string) => ranks.indexOf(role)
const orderOf = (place: ReadonlyMap<number, number>, { unit_id }: User) =>
  unit_id === null ? -1 : (place.get(unit_id) ?? place.size)

type RowsProps = { users: readonly User[]; me: number; open: string | undefined; onOpen: (id: number) => void }

function Rows({ users, me, open, onOpen }: RowsProps) {
  const words = useWords()
  const { height } = useDensity()
  return (
    <table className={css.rows} style={{ '--row': `${height}px` } as React.CSSProperties}>
      <colgroup>
        <col style={{ width: '17%' }} />
        <col style={{ width: '15%' }} />
        <col style={{ width: '13%' }} />
        <col style={{ width: '14%' }} />
        <col style={{ width: '15%' }} />
        <col style={{ width: '13%' }} />
        <col style={{ width: '13%' }} />
      </colgroup>
      <thead>
        <tr>
          <th>姓名</th>
          <th>用户名</th>
          <th>角色</th>
          <th>单位</th>
          <th>状态</th>
          <th>建立时间</th>
          <th>改动时间</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr
            key={user.id}
            className={user.disabled ? css.off : undefined}
            aria-selected={String(user.id) === open}
            onClick={() => onOpen(user.id)}
          >
            <td>
              <button type="button" className={css.name}>
                {user.name}
              </button>
              {user.id === me && <span className="muted">（我）</span>}
            </td>
            <td>{user.username}</td>
            <td>{roleWord(words, user.role)}</td>
            <td>{user.unit_id_label ?? <span className="muted">{user.role === 'cac' ? words.area : '—'}</span>}</td>
            <td>
              <UserState of={user} />
            </td>
            <td className="muted" title={moment(user.created_at)}>
              {moment(user.created_at).slice(0, 10)}
            </td>
            <td className="muted" title={moment(user.updated_at)}>
              {moment(user.updated_at).slice(0, 10)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function UserState({ of: { disabled, must_change_password } }: { of: User }) {
  if (disabled) return <Mark tone="void">已停用</Mark>
  if (must_change_password) return <Mark tone="draft">待换初始密码</Mark>
  return <Mark tone="ok">在用</Mark>
}
