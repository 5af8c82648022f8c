/** After the deed: what was written, what was not and why, and where the rows are. */

import { LinkBase as Link } from 'react-admin'
import type { Form } from '../../../server/forms/index.ts'
import { LinkButton, Notice } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { download, rowsAt } from '../../parts/links.ts'
import { Toned } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { writtenWords } from './Foot.tsx'
import { Warnings } from './Kinds.tsx'
import { countOf, kinds } from './kinds.ts'
import type { ImportAnswer } from './types.ts'
import css from './Written.module.css'

export function Written({ of, form }: { of: ImportAnswer; form: Form }) {
  const stayed = kinds.filter(({ kind }) => kind !== 'create' && kind !== 'update' && countOf(of, kind) > 0)
  const errors = countOf(of, 'wrong')
  return (
    <>
      <Notice className={css.written}>
        <p>
          <Toned tone="ok">
            <Icon name="tick" />
            <b>已写入：{writtenWords(of)}。</b>
          </Toned>
        </p>
        {countOf(of, 'create') > 0 && form.scope === 'unit' && (
          <p>
            新增的行是草稿，看过再提交。
            <Link to={rowsAt(form.name, { status: ['draft'] })}>看草稿</Link>
          </p>
        )}
        {stayed.length > 0 && (
          <p>
            没有写入：
            {stayed.map(({ kind, label }) => `${label} ${count(countOf(of, kind))} 行`).join('，')}。
          </p>
        )}
        {errors > 0 && (
          <p>
            错误的行还在错误表里，改好后当作新的文件再传。
            <LinkButton onClick={() => download(`/imports/${of.id}/errors.xlsx`)}>下载错误表</LinkButton>
          </p>
        )}
      </Notice>
      {(of.warnings?.length ?? 0) > 0 && <Warnings of={of} />}
    </>
  )
}
