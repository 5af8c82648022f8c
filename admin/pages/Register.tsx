/** The one grid page of every form: registers 附件3–9, 任务分配, 征集活动, and the campaign's frame. */
import { useEffect } from 'react'
import { ListBase, useResourceContext } from 'react-admin'
import { type Form, forms } from '../../server/forms/index.ts'
import { useMe } from '../me.ts'
import { Sheet } from './register/Sheet.tsx'
import { useSetting } from './register/setting.ts'
import { pickStates } from './register/view.ts'
import '../grid/grid.css'
import './register.css'

export default function Register() {
  const name = useResourceContext() ?? ''
  const form = forms[name]
  return form ? <OfForm key={name} form={form} /> : null
}

function OfForm({ form }: { form: Form }) {
  const me = useMe()
  const ready = useSetting(form)
  useEffect(() => {
    document.title = `${form.label} · 好网民台账`
  }, [form])
  if (!ready || !me) return <div className="page" />
  const reviews = form.scope === 'unit' && me.role === 'province'
  return (
    <ListBase
      resource={form.name}
      perPage={25}
      sort={{ field: 'id', order: 'ASC' }}
      filterDefaultValues={reviews ? { status: pickStates(['submitted']) } : {}}
      // The list context keeps filter and sort in the address; the grid reads its own windows.
      queryOptions={{ enabled: false }}
      storeKey={false}
      exporter={false}
    >
      <Sheet ready={ready} reviews={reviews} />
    </ListBase>
  )
}
