/** Print templates of a register as pages ask for them: what there is, prints, filled forms sent in. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormRead } from '../../server/prints/filled.ts'
import type { PrintTemplate } from '../../server/prints/templates.ts'
import { dataProvider } from '../dataProvider.ts'
import { upload } from '../http.ts'
import { download } from './links.ts'

export type { FormRead } from '../../server/prints/filled.ts'
export type { PrintTemplate } from '../../server/prints/templates.ts'

const MAX_TEMPLATES = 100
const key = (campaignId: number, form: string) => ['print_templates', campaignId, form]

/** The templates of a register in a campaign; not asked for where `isAsked` is false. */
export const usePrintTemplates = (campaignId: number, form: string, isAsked = true) =>
  useQuery({
    queryKey: key(campaignId, form),
    enabled: isAsked,
    staleTime: 20_000,
    queryFn: async () => {
      const { data } = await dataProvider.getList<PrintTemplate>('print_templates', {
        pagination: { page: 1, perPage: MAX_TEMPLATES },
        sort: { field: 'name', order: 'ASC' },
        filter: { campaign_id: campaignId, form },
      })
      return data
    },
  })

/** Has the templates of a register read again. */
export function useTemplatesChanged(campaignId: number, form: string) {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: key(campaignId, form) })
}

/** Prints rows into a template: `zip`, each a file of its own; `one`, all in one file. */
export const print = ({ id, form }: Pick<PrintTemplate, 'id' | 'form'>, as: 'zip' | 'one', filter: object) =>
  download(`/${form}/prints/${id}`, { as, filter })

export const emptyPaper = ({ id }: Pick<PrintTemplate, 'id'>) => download(`/print_templates/${id}/file`)

/** Sends filled forms to be checked: the import's id, and what of each form was not found or not read. */
export const sendFilled = ({ id, form }: Pick<PrintTemplate, 'id' | 'form'>, files: readonly File[]) =>
  upload<{ id: number; files: FormRead[] }>(`/${form}/prints/${id}/rows`, files)
