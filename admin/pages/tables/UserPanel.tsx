/** One user beside the table: make, rename, move, disable, reset. A password is shown once and never again. */

import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { HttpError } from 'react-admin'
import type { User } from '../../../server/people/users.ts'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { post } from '../../http.ts'
import { useWords, type Words } from '../../identity.ts'
import type { Me, Role } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Button, Field, FieldFault, IconButton, Input, Select } from '../../parts/controls.tsx'
import { type NewPassword, Secret } from './Secret.tsx'
import css from './UserPanel.module.css'

/** Roles as the campaign calls them; without an internet office, none is offered. */
export const rolesIn = ({ lead_short, office }: Words): readonly (readonly [Role, string])[] => [
  ['province', lead_short],
  ...(office ? ([['cac', office]] as const) : []),
  ['clerk', '单位经办'],
  ['juror', '评委'],
]
export const roleWord = (words: Words, role: string): string =>
  rolesIn(words).find(([key]) => key === role)?.[1] ?? (role === 'cac' ? '只看不录' : role)

const hintsIn = ({ area, unit_called }: Words): Record<Role, string> => ({
  province: `看${area}，审核，设置年度、任务和用户。`,
  cac: `只看不录；不选单位看${area}，选了${unit_called}只看该${unit_called}。`,
  clerk: '录入、导入、提交本单位的记录。',
  juror: '只看分到的作品，不看作者和单位。',
})

/** The questions below have forms of their own, so the footer's button names the one it sends. */
const formId = 'user-fields'

type FieldFaults = Record<string, string>
type PanelProps = {
  user: User | null
  me: Me
  units: readonly StoredRow[]
  onClose: () => void
  onStored: () => Promise<unknown>
}

const draftOf = (user: User | null) => ({
  username: user?.username ?? '',
  name: user?.name ?? '',
  role: user?.role ?? ('clerk' as Role),
  unit_id: user?.unit_id ?? null,
})
type Draft = ReturnType<typeof draftOf>

const users = {
  create: (data: object) => dataProvider.create<User>('users', { data }).then((answer) => answer.data),
  update: (user: User, data: object) =>
    dataProvider.update<User>('users', { id: user.id, data, previousData: user }).then((answer) => answer.data),
}

/** Sends to the server and keeps its answer: faults at fields, a sentence for the rest, the row of a conflict. */
function useSending({ user, onStored }: Pick<PanelProps, 'user' | 'onStored'>) {
  const called = useWords()
  const [faults, setFaults] = useState<FieldFaults>({})
  const [said, setSaid] = useState<{ words: string; bad?: boolean } | null>(null)
  const [busy, setBusy] = useState(false)
  const [version, setVersion] = useState(user?.version ?? 0)
  async function send(work: () => Promise<User>, words: (stored: User) => string) {
    setBusy(true)
    setFaults({})
    setSaid(null)
    try {
      const stored = await work()
      setVersion(stored.version)
      const done = words(stored)
      setSaid(done ? { words: done } : null)
      await onStored()
    } catch (error) {
      const { status, body, message } = error as HttpError
      const { errors, row } = (body ?? {}) as { errors?: FieldFaults; row?: User }
      setFaults(errors ?? {})
      if (status === 409 && row) {
        setVersion(row.version)
        const now = `${row.name}，${roleWord(called, row.role)}，${row.unit_id_label ?? '没有单位'}`
        setSaid({ words: `刚被别人改过，现在是：${now}。再存一次就用您写的。`, bad: true })
      } else if (!errors) setSaid({ words: message, bad: true })
    } finally {
      setBusy(false)
    }
  }
  return { faults, said, busy, version, send }
}

export function UserPanel({ user, me, units, onClose, onStored }: PanelProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(user))
  const [told, setTold] = useState<NewPassword | null>(null)
  const { faults, said, busy, version, send } = useSending({ user, onStored })
  const isSelf = user?.id === me.id
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    first.current?.focus()
  }, [])

  function save(event: FormEvent) {
    event.preventDefault()
    const { username, ...rest } = draft
    const body = { ...rest, unit_id: rest.role === 'juror' ? null : rest.unit_id }
    if (user)
      return void send(
        () => users.update(user, { ...body, version }),
        () => '已保存。下一次操作起就按新的角色和单位。',
      )
    void send(
      () => users.create({ ...body, username }),
      (made) => {
        setTold({ ...made, password: (made as User & { password: string }).password, isNew: true })
        setDraft(draftOf(null))
        return ''
      },
    )
  }
  return (
    <aside
      className={css.side}
      aria-label={user ? user.name : '新建用户'}
      onKeyDown={(event) => {
        const asks = (event.target as HTMLElement).closest('[role=dialog]')
        if (event.key === 'Escape' && !asks && !event.nativeEvent.isComposing) onClose()
      }}
    >
      <header>
        <h2 className="cut">{user ? user.name : '新建用户'}</h2>
        <span className="fill" />
        <IconButton icon="cross" label="关上" title="关上 Esc" onClick={onClose} />
      </header>
      <div className={css.body}>
        {told && <Secret told={told} />}
        <form id={formId} onSubmit={save}>
          <Fields {...{ draft, setDraft, faults, units, user, isSelf, first }} />
        </form>
        {said?.bad && <FieldFault>{said.words}</FieldFault>}
        {said && !said.bad && (
          <p className="soft" role="status">
            {said.words}
          </p>
        )}
        {user && <Acts {...{ user, isSelf, busy, version, send, setTold }} />}
      </div>
      <footer className={css.foot}>
        <Button onClick={onClose}>关上</Button>
        <Button kind="primary" submit form={formId} disabled={busy}>
          {user ? '保存' : told ? '再建一个' : '建立账号'}
        </Button>
      </footer>
    </aside>
  )
}

type FieldsProps = {
  draft: Draft
  setDraft: (draft: Draft) => void
  faults: FieldFaults
  units: readonly StoredRow[]
  user: User | null
  isSelf: boolean
  first: React.RefObject<HTMLInputElement | null>
}

function Fields({ draft, setDraft, faults, units, user, isSelf, first }: FieldsProps) {
  const put = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes })
  const words = useWords()
  const needsUnit = draft.role === 'clerk' || draft.role === 'province'
  return (
    <>
      <Field
        label="用户名"
        fault={faults.username}
        hint={user ? '用户名不能改。' : '登录用，小写字母开头，如 hefei2。'}
      >
        <Input
          ref={user ? undefined : first}
          value={draft.username}
          readOnly={user !== null}
          required
          maxLength={40}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => put({ username: event.target.value })}
        />
      </Field>
      <Field label="姓名" fault={faults.name}>
        <Input
          ref={user ? first : undefined}
          value={draft.name}
          required
          maxLength={40}
          autoComplete="off"
          onChange={(event) => put({ name: event.target.value })}
        />
      </Field>
      <Field
        label="角色"
        fault={faults.role}
        hint={isSelf ? `自己的角色要请别的${words.lead_short}用户来改。` : hintsIn(words)[draft.role]}
      >
        <Select value={draft.role} disabled={isSelf} onChange={(event) => put({ role: event.target.value as Role })}>
          {rolesIn(words).map(([key, word]) => (
            <option key={key} value={key}>
              {word}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={needsUnit ? '单位' : '单位（可以不选）'} fault={faults.unit_id}>
        <Select
          value={draft.role === 'juror' ? '' : (draft.unit_id ?? '')}
          disabled={draft.role === 'juror'}
          onChange={(event) => put({ unit_id: Number(event.target.value) || null })}
        >
          <option value="">{draft.role === 'juror' ? '评委不属于任何单位' : '没有选'}</option>
          {units.map((unit) => (
            <option key={unit.id} value={unit.id}>
              {String(unit.name)}
            </option>
          ))}
        </Select>
      </Field>
    </>
  )
}

type ActsProps = {
  user: User
  isSelf: boolean
  busy: boolean
  version: number
  send: ReturnType<typeof useSending>['send']
  setTold: (told: NewPassword | null) => void
}

/** What ends what the person could do is asked about first; what gives it back is done at once. */
function Acts({ user, isSelf, busy, version, send, setTold }: ActsProps) {
  const [asking, setAsking] = useState<'disable' | 'reset' | null>(null)
  const { name, role, unit_id } = user
  const setDisabled = (disabled: boolean) =>
    send(
      () => users.update(user, { name, role, unit_id, disabled, version }),
      () => (disabled ? '已停用，登录中的地方也已退出。' : '已启用，用原来的密码登录。'),
    )
  const reset = () =>
    send(
      () => post(`/users/${user.id}/reset`),
      (stored) => {
        setTold({ ...stored, password: (stored as User & { password: string }).password, isNew: false })
        return ''
      },
    )
  return (
    <div className={css.acts}>
      <Button disabled={busy} onClick={() => setAsking('reset')}>
        重置密码
      </Button>
      {user.disabled ? (
        <Button disabled={busy} onClick={() => void setDisabled(false)}>
          启用
        </Button>
      ) : (
        <Button
          disabled={busy || isSelf}
          title={isSelf ? '不能停用自己' : undefined}
          onClick={() => setAsking('disable')}
        >
          停用
        </Button>
      )}
      {asking && (
        <Ask
          title={asking === 'disable' ? `停用 ${name}？` : `重置 ${name} 的密码？`}
          verb={asking === 'disable' ? '停用' : '重置密码'}
          onClose={() => setAsking(null)}
          onGo={() => {
            setAsking(null)
            void (asking === 'disable' ? setDisabled(true) : reset())
          }}
        >
          <p className="soft">
            {asking === 'disable'
              ? '停用后马上不能登录，录过的内容和变更记录都在。以后可以再启用。'
              : '原来的密码马上不能用，登录中的地方会退出。新密码只显示一次，第一次登录要换成自己的。'}
          </p>
        </Ask>
      )}
    </div>
  )
}
