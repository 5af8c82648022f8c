/** The first login: the password that was given is replaced by a personal one. Also the form of 我的账号. */
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type HttpError, useLogout, useNotify } from 'react-admin'
import { forgetMe } from '../authProvider.ts'
import { put } from '../http.ts'
import type { Me } from '../me.ts'
import { Button, Field, Input, LinkButton } from '../parts/controls.tsx'
import { Seal } from '../parts/icons.tsx'
import css from './Password.module.css'

export function Password({ me, forced }: { me: Me; forced?: boolean }) {
  const logout = useLogout()
  if (!forced) return <PasswordForm username={me.username} />
  return (
    <div className={css.gate}>
      <div className={css.box}>
        <p className={css.brand}>
          <Seal />
          <b>好网民台账</b>
        </p>
        <h1>先换一个自己的密码</h1>
        <p className="soft">{me.name}，您用的是别人设的初始密码。换好就进入系统，以后用新密码登录。</p>
        <PasswordForm username={me.username} />
        <LinkButton onClick={() => void logout()}>换个账号登录</LinkButton>
      </div>
    </div>
  )
}

function PasswordForm({ username }: { username: string }) {
  const [faults, setFaults] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const client = useQueryClient()
  const notify = useNotify()
  async function change(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const { current, next, again } = Object.fromEntries(new FormData(form)) as Record<string, string>
    if (next !== again) return setFaults({ again: '两次写的不一样，请再看一遍。' })
    setBusy(true)
    try {
      await put('/me/password', { current, next })
      setFaults({})
      form.reset()
      forgetMe()
      await client.invalidateQueries({ queryKey: ['auth'] })
      notify('密码已换好。别处登录的已经退出。', { type: 'info' })
    } catch (error) {
      const { errors } = ((error as HttpError).body ?? {}) as { errors?: Record<string, string> }
      setFaults(errors ?? { next: (error as Error).message })
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={change}>
      <input type="text" name="username" autoComplete="username" defaultValue={username} hidden readOnly />
      <Field label="现在的密码" fault={faults.current}>
        <Input type="password" name="current" autoComplete="current-password" required />
      </Field>
      <Field label="新密码" fault={faults.next} hint="至少 8 位，多用几种字符。">
        <Input type="password" name="next" autoComplete="new-password" minLength={8} required />
      </Field>
      <Field label="再写一遍新密码" fault={faults.again}>
        <Input type="password" name="again" autoComplete="new-password" required />
      </Field>
      <Button kind="primary" large submit className={css.change} disabled={busy}>
        换密码
      </Button>
    </form>
  )
}
