/** The left side of an import: the file, its sheets, and which of its columns was taken for which. */
import { useCampaign } from '../../me.ts'
import { Section } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { ImportState } from '../../parts/imports.tsx'
import { count, size, when } from '../../parts/words.ts'
import type { Import } from './types.ts'

export function Found({ of }: { of: Import }) {
  const today = useCampaign()?.today ?? ''
  return (
    <aside className="import-file">
      <h2>文件</h2>
      <p>
        <b>{of.file_name}</b>
      </p>
      <p className="soft">
        {size(of.size)}　{of.created_by_label} {when(of.created_at, today)}
      </p>
      <p>
        <ImportState of={of} />
      </p>
      {of.sheets?.map((sheet) => (
        <Section key={sheet.name} title={`工作表“${sheet.name}”`}>
          <p className="soft">
            {sheet.heading_row === null
              ? '没有找到表头，没有读'
              : `表头在第 ${sheet.heading_row} 行，数据 ${count(sheet.rows)} 行`}
          </p>
          {sheet.notes.map((note) => (
            <p key={note} className="soft">
              {note}
            </p>
          ))}
          {sheet.columns.length > 0 && (
            <table className="lines mapping">
              <thead>
                <tr>
                  <th>文件里</th>
                  <th />
                  <th>登记</th>
                  <th>例</th>
                </tr>
              </thead>
              <tbody>
                {sheet.columns.map((column) => (
                  <tr key={`${column.heading} ${column.field}`}>
                    <td>{column.heading}</td>
                    <td>
                      <Icon name="right" small />
                    </td>
                    <td>
                      {column.label}
                      {column.heading.replace(/[\s*＊]/g, '') !== column.label && (
                        <span className="state ok">
                          <Icon name="tick" small />
                        </span>
                      )}
                    </td>
                    <td className="muted cut">{column.sample}</td>
                  </tr>
                ))}
                {sheet.ignored.map((heading) => (
                  <tr key={heading} className="ignored">
                    <td>{heading}</td>
                    <td>
                      <Icon name="cross" small />
                    </td>
                    <td colSpan={2}>不收</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Section>
      ))}
    </aside>
  )
}
