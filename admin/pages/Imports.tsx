/** 导入记录: every workbook that was sent, and what became of it. */
import { LinkBase as Link, ListBase, useListContext } from 'react-admin'
import type { ImportHead } from '../../server/imports/tell/heads.ts'
import { type Me, useCampaign, useMe } from '../me.ts'
import { Body, Lines, Notice, Page, PageHead } from '../parts/controls.tsx'
import { DropZone, Uploads } from '../parts/Drop.tsx'
import { ImportState, summaryOf } from '../parts/imports.tsx'
import { Pages } from '../parts/Pages.tsx'
import { size, when } from '../parts/words.ts'
import { UndoImport } from './import/Undo.tsx'

const PAGE_ROWS = 50

export default function Imports() {
  const me = useMe()
  const campaign = useCampaign()
  return (
    <ListBase
      resource="imports"
      perPage={PAGE_ROWS}
      sort={{ field: 'id', order: 'DESC' }}
      filter={campaign ? { campaign_id: campaign.id } : {}}
      storeKey={false}
      disableSyncWithLocation
      disableAuthentication
    >
      <Page scrolls>
        <PageHead title="导入记录" />
        <Body>
          {me && <DropZone me={me} />}
          <Uploads />
          <Sent me={me} today={campaign?.today ?? ''} />
          <Pages />
        </Body>
      </Page>
    </ListBase>
  )
}

function Sent({ me, today }: { me: Me | undefined; today: string }) {
  const { data } = useListContext<ImportHead>()
  return (
    <>
      <Lines sticky>
        <thead>
          <tr>
            <th>结果</th>
            <th>文件</th>
            <th>登记</th>
            {me?.role === 'province' && <th>单位</th>}
            <th>内容</th>
            <th>导入人</th>
            <th>时间</th>
            <th>
              <span className="unseen">打开</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data?.map((each) => (
            <tr key={each.id}>
              <td>
                <ImportState of={each} />
              </td>
              <td>
                <b>{each.file_name}</b> <span className="muted">{size(each.size)}</span>
              </td>
              <td>{each.form_label}</td>
              {me?.role === 'province' && <td>{each.unit_id_label}</td>}
              <td className="soft">{summaryOf(each)}</td>
              <td>{each.created_by_label}</td>
              <td className="muted">{when(each.created_at, today)}</td>
              <td>
                <Link to={`/imports/${each.id}/show`}>{each.state === 'checked' ? '继续' : '查看'}</Link>{' '}
                {each.state === 'applied' && (each.unit_id === null || each.unit_id === me?.unit_id) && (
                  <UndoImport of={each} quiet />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Lines>
      {data?.length === 0 && <Notice>还没有导入过。把附件拖到上面，先看核对结果，再决定写不写入。</Notice>}
    </>
  )
}
