/** The one grid page of every form: registers 附件3–9, 任务分配, 征集活动, and the campaign's frame. */

import { useEffect } from 'react'
import type { Form } from '../../server/forms/index.ts'
import { useMe } from '../me.ts'
import { Page } from '../parts/controls.tsx'
import { Sheet } from './register/Sheet.tsx'
import { useSavedViews } from './register/saved.ts'
import { useSetting } from './register/setting.ts'

export default function Register({ form }: { form: Form }) {
  const me = useMe()
  const ready = useSetting(form)
  const saved = useSavedViews(form.name, me !== undefined && me.role !== 'juror')
  useEffect(() => {
    document.title = `${form.label} · 好网民台账`
  }, [form])
  if (!ready || !me || !saved) return <Page />
  const reviews = form.scope === 'unit' && me.role === 'province'
  return <Sheet ready={ready} reviews={reviews} saved={saved} />
}
