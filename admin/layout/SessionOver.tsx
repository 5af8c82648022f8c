/** When the session has ended: one logs in again over the page, and what was typed stays where it is. */
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useLogout } from 'react-admin'
import { post, sessionOver } from '../http.ts'
import type { Me } from '../me.ts'
import { Button, Field } from '../parts/controls.tsx'

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
  async function enter(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    try {
      await post('/login', { username: me.username, password: new FormData(event.currentTarget).get('password') })
      setOver(false)
      setFault(undefined)
      await client.invalidateQueries()
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <div className="scrim">
      <dialog open className="sheet" aria-label="登录已过期" style={{ position: 'static' }}>
        <form onSubmit={enter}>
          <h2>登录已过期</h2>
          <p className="soft">页面上的内容都在。写上密码接着做。</p>
          <Field label={`${me.name}（${me.username}）的密码`} fault={fault}>
            <input
              className="input"
              type="password"
              name="password"
              autoComplete="current-password"
              autoFocus
              required
            />
          </Field>
          <footer>
            <Button onClick={() => void logout()}>换个账号</Button>
            <Button kind="primary" submit>
              登录
            </Button>
          </footer>
        </form>
      </dialog>
    </div>
  )
}
