/** What the register's rules of per cents say of the rows that there are, above the grid: a warning, and no cell is refused for it. */
import { useQuery } from '@tanstack/react-query'
import type { ShareStand } from '../../../server/records/shares.ts'
import type { Setting } from '../../columns.tsx'
import { get } from '../../http.ts'
import { Strip } from '../../parts/controls.tsx'

const MAX_SHOWN = 4

export function Shares({ setting: { form, campaign }, savedAt }: { setting: Setting; savedAt: number | null }) {
  const asks = (form.rules ?? []).some(({ definition }) => definition?.kind === 'share')
  const { data = [] } = useQuery({
    queryKey: ['count', 'shares', form.name, campaign.id, savedAt],
    queryFn: () => get(`/${form.name}/shares?campaign_id=${campaign.id}`) as Promise<ShareStand[]>,
    enabled: asks,
    placeholderData: (before) => before,
  })
  const told = data.filter(({ sentence }) => sentence !== null)
  if (told.length === 0) return null
  return (
    <Strip tone="warn" role="status">
      <span>
        {told.slice(0, MAX_SHOWN).map(({ rule, unit_id, unit_id_label, sentence }) => (
          <div key={`${rule} ${unit_id}`}>
            {unit_id_label && `${unit_id_label}：`}
            {sentence}
          </div>
        ))}
        {told.length > MAX_SHOWN && <div>另有 {told.length - MAX_SHOWN} 条。</div>}
      </span>
    </Strip>
  )
}
