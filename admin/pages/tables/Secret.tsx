/** A password that was just made: shown once, to be copied and told. */
import { useEffect, useRef, useState } from 'react'
import { Button, FieldFault } from '../../parts/controls.tsx'
import css from './Secret.module.css'

export type NewPassword = { username: string; name: string; password: string; isNew: boolean }

/** Where the browser gives no clipboard (plain http in the office), the old way of copying a selection. */
async function copy(text: string, from: HTMLElement | null): Promise<boolean> {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
  if (!from) return false
  getSelection()?.selectAllChildren(from)
  return document.execCommand('copy')
}

export function Secret({ told: { username, name, password, isNew } }: { told: NewPassword }) {
  const [copied, setCopied] = useState<boolean | null>(null)
  const shown = useRef<HTMLElement>(null)
  // In braces: newer browsers answer a promise, which is no clean-up.
  useEffect(() => {
    shown.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div className={css.told} role="status">
      <p>
        {isNew ? '已建立' : '密码已重置'}：{name}（{username}）
      </p>
      <output>
        <code ref={shown}>{password}</code>
        <Button onClick={() => void copy(password, shown.current).then(setCopied)}>
          {copied ? '已复制' : '复制密码'}
        </Button>
      </output>
      {copied === false && <FieldFault>没有复制成，请选中密码按 Ctrl C。</FieldFault>}
      <p className="soft">只显示这一次，关上就看不到了。请当面或打电话告诉本人，第一次登录要换成自己的密码。</p>
    </div>
  )
}
