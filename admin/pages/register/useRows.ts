/** Where the grid's rows come from and go to, and which of them have been seen. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef } from 'react'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { dataProviderSource } from '../../grid/dataProviderSource.ts'
import type { Row, Source } from '../../grid/index.ts'
import { watchForm } from '../../live.ts'
import { useRenewMe } from '../../me.ts'
import { pausing, useRecount } from '../../parts/queries.ts'
import { forgetKnown } from '../../suggesting.ts'
import { counting } from './acting.ts'
import type { Ready } from './setting.ts'

/** The grid's source, noting every row that comes by: buttons ask what the ticked rows are. */
export function useRows(ready: Ready) {
  const { form, campaign } = ready.setting
  // The list stays the same one when its columns become others.
  const { name, scope } = form
  const seen = useRef(new Map<number, StoredRow>())
  const recount = useRecount()
  const renewFrame = useRenewFrame(name)
  const source = useMemo((): Source => {
    const isRegister = scope === 'unit'
    const unitFirst = isRegister && ready.setting.me.role !== 'clerk'
    const plain = dataProviderSource(dataProvider as never, name, {
      filter: scope === 'global' ? {} : { campaign_id: campaign.id },
      sort: unitFirst ? [{ column: 'unit_id', order: 'ASC' }] : [],
    })
    const recountSoon = pausing(recount)
    const note = (row: Row) => seen.current.set(Number(row.id), row as StoredRow)
    return {
      ...plain,
      async getWindow(query) {
        const answer = await plain.getWindow(query)
        for (const row of answer.rows) note(row)
        return answer
      },
      async save(request) {
        const answer = await plain.save(request)
        for (const each of [...answer.create, ...answer.update]) if ('row' in each) note(each.row)
        if (request.create.length + request.remove.length > 0) recount()
        if (!isRegister) renewFrame()
        return answer
      },
      async restore(ids) {
        await plain.restore?.(ids)
        recount()
        if (!isRegister) renewFrame()
      },
      async operate(request) {
        if (!plain.operate) throw new Error('这里不能一次改这么多行。')
        return counting(await plain.operate(request), recount)
      },
      watch: (listener) =>
        watchForm(name, scope === 'global' ? undefined : campaign.id, (news) => {
          if (news.kind === 'rows') {
            // What the tabs count: states, and how many there are.
            const isCounted = (row: Row) => seen.current.get(Number(row.id))?.status !== row.status
            if (news.gone.length > 0 || news.rows.some(isCounted)) recountSoon()
            for (const row of news.rows) note(row)
          }
          // too many to be told one by one
          if (news.kind === 'many') recountSoon()
          listener(news)
        }),
    }
  }, [name, scope, campaign.id, ready.setting.me.role, recount, renewFrame])
  return { source, seen: seen.current }
}

/** What others show of the campaign's frame: the menu's years, tabs of units, choosers. */
function useRenewFrame(form: string) {
  const renewMe = useRenewMe()
  const client = useQueryClient()
  return useCallback(() => {
    renewMe()
    forgetKnown()
    void client.invalidateQueries({ queryKey: [form, 'getList'] })
    void client.invalidateQueries({ queryKey: ['reports'] })
  }, [renewMe, client, form])
}
