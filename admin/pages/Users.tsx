/** 用户, the province's: create, rename, move, disable, reset. A new password is shown once. */
import { type FormEvent, useState } from 'react'
import { type HttpError, useGetList, useNotify, useRefresh } from 'react-admin'
import { post, put } from '../http.ts'
import { useMe } from '../me.ts'
import { Ask } from '../parts/Ask.tsx'
import { Button, Field, PageHead } from '../parts/controls.tsx'
import { useUnits } from '../parts/queries.ts'
import { Mark } from '../parts/states.tsx'
import './plain.css'

type User = {
  id: number
  username: string
  name: string
  role: string
  unit_id: number | null
  unit_id_label: string | null
  disabled: boolean
  must_change_password: boolean
  version: number
}

const most = 500
const roles = [
  ['clerk', '经办'],
  ['province', '省总网络工作部'],
  ['cac', '网信办'],
  ['juror', '评委'],
] as const
const roleWord = (role: string) => roles.find(([name]) => name === role)?.[1] ?? role

type Doing =
  | { kind: 'new' }
  | { kind: 'edit'; user: User }
  | { kind: 'reset'; user: User }
  | { kind: 'told'; user: User; password: string }

export default function Users() {
  const me = useMe()
  const notify = useNotify()
  const refresh = useRefresh()
  const [q, setQ] = useState('')
  const [doing, setDoing] = useState<Doing | null>(null)
  const { data, total } = useGetList<User>('users', {
    pagination: { page: 1, perPage: most },
    sort: { field: 'id', order: 'ASC' },
    filter: q.trim() ? { q: q.trim() } : {},
  })

  async function setDisabled(user: User, disabled: boolean) {
    try {
      await put(`/users/${user.id}`, { version: user.version, disabled })
      notify(disabled ? `已停用 ${user.name}，正在用的也已退出。` : `已启用 ${user.name}。`, { type: 'info' })
    } catch (error) {
      const { errors } = ((error as HttpError).body ?? {}) as { errors?: Record<string, string> }
      notify(Object.values(errors ?? {})[0] ?? (error as Error).message, { type: 'error' })
    }
    refresh()
  }
  async function reset(user: User) {
    try {
      const { password } = await post(`/users/${user.id}/reset`)
      setDoing({ kind: 'told', user, password })
      refresh()
    } catch (error) {
      setDoing(null)
      notify((error as Error).message, { type: 'error' })
    }
  }
  return (
    <div className="page scrolls">
      <PageHead title="用户" note={total !== undefined && `${total} 人`}>
        <input
          className="input small"
          style={{ width: 180 }}
          placeholder="姓名或用户名"
          aria-label="姓名或用户名"
          value={q}
          onChange={(event) => setQ(event.target.value)}
        />
        <Button kind="primary" icon="plus" onClick={() => setDoing({ kind: 'new' })}>
          新增用户
        </Button>
      </PageHead>
      <div className="body">
        <table className="lines sticky">
          <thead>
            <tr>
              <th>姓名</th>
              <th>用户名</th>
              <th>角色</th>
              <th>单位</th>
              <th>状态</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {data?.map((user) => (
              <tr key={user.id}>
                <td>
                  <b>{user.name}</b>
                  {user.id === me?.id && <span className="muted">（您）</span>}
                </td>
                <td>{user.username}</td>
                <td>{roleWord(user.role)}</td>
                <td>{user.unit_id_label ?? <span className="muted">{user.role === 'cac' ? '全省' : ''}</span>}</td>
                <td>
                  {user.disabled ? (
                    <Mark tone="void">停用</Mark>
                  ) : user.must_change_password ? (
                    <Mark tone="back">等本人换初始密码</Mark>
                  ) : (
                    <Mark tone="ok">在用</Mark>
                  )}
                </td>
                <td className="number">
                  <Button kind="quiet" onClick={() => setDoing({ kind: 'edit', user })}>
                    改资料、调单位
                  </Button>
                  <Button kind="quiet" onClick={() => setDoing({ kind: 'reset', user })}>
                    重置密码
                  </Button>
                  <Button
                    kind="quiet"
                    disabled={user.id === me?.id}
                    onClick={() => void setDisabled(user, !user.disabled)}
                  >
                    {user.disabled ? '启用' : '停用'}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.length === 0 && <p className="notice">没有这个人。换个写法再找。</p>}
      </div>
      {(doing?.kind === 'new' || doing?.kind === 'edit') && (
        <Edit
          user={doing.kind === 'edit' ? doing.user : null}
          onClose={() => setDoing(null)}
          onDone={(user, password) => {
            refresh()
            setDoing(password ? { kind: 'told', user, password } : null)
            if (!password) notify(`已保存 ${user.name}。`, { type: 'info' })
          }}
        />
      )}
      {doing?.kind === 'reset' && (
        <Ask
          title={`重置 ${doing.user.name} 的密码？`}
          verb="重置密码"
          onClose={() => setDoing(null)}
          onGo={() => void reset(doing.user)}
        >
          <p className="soft">会生成一个新的初始密码，旧密码和已登录的地方马上不能用。</p>
        </Ask>
      )}
      {doing?.kind === 'told' && (
        <Ask
          title={`${doing.user.name}（${doing.user.username}）的初始密码`}
          verb="记下了"
          onClose={() => setDoing(null)}
          onGo={() => setDoing(null)}
        >
          <p>
            <span className="secret">{doing.password}</span>
          </p>
          <p className="soft">只显示这一次。请当面或打电话告诉本人，第一次登录时要换成自己的。</p>
        </Ask>
      )}
    </div>
  )
}

function Edit({
  user,
  onDone,
  onClose,
}: {
  user: User | null
  onDone: (user: User, password?: string) => void
  onClose: () => void
}) {
  const { data: units } = useUnits()
  const [role, setRole] = useState(user?.role ?? 'clerk')
  const [faults, setFaults] = useState<Record<string, string>>({})
  async function save(values: Record<string, FormDataEntryValue>) {
    const unit_id = Number(values.unit_id) || null
    const body = { name: values.name, role, unit_id: role === 'juror' ? null : unit_id }
    try {
      if (user) onDone(await put(`/users/${user.id}`, { ...body, version: user.version }))
      else {
        const made = await post('/users', { ...body, username: values.username })
        onDone(made, made.password)
      }
    } catch (error) {
      const { errors } = ((error as HttpError).body ?? {}) as { errors?: Record<string, string> }
      setFaults(errors ?? { name: (error as Error).message })
    }
  }
  return (
    <Ask
      title={user ? `${user.name}（${user.username}）` : '新增用户'}
      verb={user ? '保存' : '新增用户'}
      onClose={onClose}
      onGo={() => {
        const form = document.getElementById('user-fields')?.closest('form')
        if (form) void save(Object.fromEntries(new FormData(form)))
      }}
    >
      <div id="user-fields" className="password-form">
        {!user && (
          <Field label="用户名" fault={faults.username} hint="小写字母开头，可用数字和 . _ -">
            <input className="input" name="username" required autoComplete="off" autoCapitalize="none" />
          </Field>
        )}
        <Field label="姓名" fault={faults.name}>
          <input className="input" name="name" required maxLength={40} defaultValue={user?.name} autoComplete="off" />
        </Field>
        <Field label="角色" fault={faults.role}>
          <select
            className="input"
            value={role}
            onChange={(event: FormEvent<HTMLSelectElement>) => setRole(event.currentTarget.value)}
          >
            {roles.map(([name, word]) => (
              <option key={name} value={name}>
                {word}
              </option>
            ))}
          </select>
        </Field>
        {role !== 'juror' && (
          <Field label="单位" fault={faults.unit_id} hint={role === 'cac' ? '留空看全省，选了市只看该市。' : undefined}>
            <select className="input" name="unit_id" defaultValue={user?.unit_id ?? ''}>
              <option value="" />
              {units?.map((unit) => (
                <option key={unit.id} value={unit.id}>
                  {String(unit.name)}
                </option>
              ))}
            </select>
          </Field>
        )}
        {user && <p className="muted">调了单位或角色，下一个请求起就按新的范围看。</p>}
      </div>
    </Ask>
  )
}
