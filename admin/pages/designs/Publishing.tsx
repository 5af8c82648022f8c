/** How far a publication is that makes many rows ready, and a way to cancel it; nothing while none is under way. */
import { useQuery } from '@tanstack/react-query'
import { useNotify } from 'react-admin'
import type { PublicationProgress } from '../../../server/campaigns/designs/preparation.ts'
import { del, get } from '../../http.ts'
import { LinkButton, Strip } from '../../parts/controls.tsx'
import { count } from '../../parts/words.ts'

const POLL_MS = 700

export function Publishing({ designId }: { designId: number }) {
  const notify = useNotify()
  const path = `/form_designs/${designId}/publication`
  const { data } = useQuery({
    queryKey: ['publication', designId],
    queryFn: () => get(path) as Promise<PublicationProgress | null>,
    refetchInterval: POLL_MS,
    gcTime: 0,
  })
  if (!data) return null
  const cancel = () =>
    del(path).then(
      () => notify('正在取消，什么也不会变。', { type: 'info' }),
      (error: Error) => notify(error.message, { type: 'warning' }),
    )
  return (
    <Strip role="status">
      <span>
        {data.is_cancelled
          ? '正在取消这次发布…'
          : `正在发布：已备好 ${count(data.rows_done)} / ${count(data.rows_total)} 行，大家可以照常填写。`}
      </span>
      {!data.is_cancelled && <LinkButton onClick={() => void cancel()}>取消发布</LinkButton>}
    </Strip>
  )
}
