/** 评委: who of the jurors sits for a collection. */

import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { ScoringItem } from '../../../server/forms/index.ts'
import type { Juror } from '../../../server/works/routes.ts'
import { put } from '../../http.ts'
import { useWords } from '../../identity.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Checkbox } from '../../parts/controls.tsx'
import css from './Seats.module.css'

export function Seats({
  collection_id,
  items,
  jury,
  onClose,
}: {
  collection_id: number
  items: readonly ScoringItem[]
  jury: readonly Juror[]
  onClose: () => void
}) {
  const words = useWords()
  const client = useQueryClient()
  const notify = useNotify()
  const before = jury.filter((juror) => juror.seated).map((juror) => juror.id)
  const [seated, setSeated] = useState(before)
  const leaving = before.filter((id) => !seated.includes(id)).length
  const same = leaving === 0 && seated.length === before.length
  async function save() {
    try {
      const told = (await put(`/collections/${collection_id}/jury`, { juror_ids: seated })) as Juror[]
      client.setQueryData(['jury', collection_id], told)
      notify(`这个项目现在有 ${told.filter((juror) => juror.seated).length} 位评委。`, { type: 'info' })
      onClose()
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    }
  }
  return (
    <Ask title="评委" verb={`定下 ${seated.length} 位评委`} disabled={same} onGo={() => void save()} onClose={onClose}>
      <p className="soft">
        评委给评审中的作品打分：{items.map(({ label, weight }) => `${label} ${weight}`).join('、')}。他们只看到“作品
        07”，看不到作者、手机号、单位和编号。
      </p>
      {jury.length === 0 && <p className="soft">还没有评委账号。请{words.lead_short}在“用户”里开。</p>}
      <ul className={css.seats}>
        {jury.map((juror) => (
          <li key={juror.id}>
            <Checkbox
              className={css.juror}
              checked={seated.includes(juror.id)}
              onChange={(event) =>
                setSeated(event.target.checked ? [...seated, juror.id] : seated.filter((id) => id !== juror.id))
              }
            >
              {juror.name}
            </Checkbox>
          </li>
        ))}
      </ul>
      {leaving > 0 && <p className="soft">去掉的 {leaving} 位不再看到作品；已经打的分留下，仍算在均分里。</p>}
    </Ask>
  )
}
