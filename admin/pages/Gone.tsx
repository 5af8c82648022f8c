/** An address that is no page: a register that was retired says so, and where what was typed into it is. */
import { useQuery } from '@tanstack/react-query'
import type { FormDesign } from '../../server/campaigns/designs/designs.ts'
import { get } from '../http.ts'
import { useCampaign } from '../identity.ts'
import { Notice, Page } from '../parts/controls.tsx'
import { moment } from '../parts/words.ts'

const registerName = /^[a-z][a-z0-9_]{1,40}$/

/** The version of a register that was in force last in the campaign one looks at. */
function useRetired(name: string) {
  const campaign_id = useCampaign()?.id
  const query = new URLSearchParams({
    filter: JSON.stringify({ campaign_id, name, state: 'retired' }),
    sort: JSON.stringify(['updated_at', 'DESC']),
    range: '[0,0]',
  })
  return useQuery({
    queryKey: ['form_designs', 'retired', campaign_id, name],
    queryFn: async () => ((await get(`/form_designs?${query}`)) as FormDesign[])[0] ?? null,
    enabled: campaign_id !== undefined && registerName.test(name),
    staleTime: 0,
  })
}

export function Gone({ name }: { name: string }) {
  const { data: design, isLoading } = useRetired(name)
  if (isLoading) return <Page />
  if (!design) return <Notice>没有这一页。地址可能抄错了，或者这一页已经不在了。</Notice>
  return (
    <Notice>
      <p>
        <b>“{design.label}”已经停用</b>：{design.updated_by_label ?? '主办方'}，{moment(design.updated_at)}。
      </p>
      <p>已经存下的行都还在库里。刚才填了还没存上的，留在这台电脑的浏览器里；这张表再发布以后，打开它就在。</p>
    </Notice>
  )
}
