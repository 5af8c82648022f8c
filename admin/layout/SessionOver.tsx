/** When the session has ended: one logs in again over the page, and what was typed stays where it is. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useLogout } from 'react-admin'
import { post, sessionOver } from '../http.ts'
import type { Me } from '../me.ts'
import { Button, Field, Input } from '../parts/controls.tsx'
import { Dialog } from '../parts/Dialog.tsx'

export function SessionOver({ me }: { me: Me }) {
  const [over, setOver] = useState(false)
  const [fault, setFault] = useState<string>()
  const client = useQueryClient()
  const logout = useLogout()
  useEffect(() => {
    const show = () => setOver(true)
    window.addEventListener(sessionOver, show)
    return () => window.removeEventListener(sessionOver, show)
  }, [])
  if (!over) return null
  async function enter(form: HTMLFormElement) {
    try {
      await post('/login', { username: me.username, password: new FormData(form).get('password') })
      setOver(false)
      setFault(undefined)
      await client.invalidateQueries()
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <Dialog
      title="登录已过期"
      onSubmit={(form) => void enter(form)}
      buttons={
        <>
          <Button onClick={() => void logout()}>换个账号</Button>
          <Button kind="primary" submit>
            登录
          </Button>
        </>
      }
    >
      <p className="soft">页面上的内容都在。写上密码接着做。</p>
      <Field label={`${me.name}（${me.username}）的密码`} fault={fault}>
        <Input type="password" name="password" autoComplete="current-password" autoFocus required />
      </Field>
    </Dialog>
  )
}
