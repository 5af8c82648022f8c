/** What happened to a row, and what was said about it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { Comment, HistoryEntry } from '../../../server/records/history.ts'
import { dataProvider } from '../../dataProvider.ts'
import { useForms } from '../../forms.ts'
import { Button, TextArea } from '../../parts/controls.tsx'
import { actionWord, Differences, differencesOf, reasonOf, statusAfter } from '../../parts/history.tsx'
import { State } from '../../parts/states.tsx'
import { when } from '../../parts/words.ts'
import css from './Past.module.css'

export function History({ form, id, version, today }: { form: string; id: number; version: number; today: string }) {
  const forms = useForms()
  const { data, error } = useQuery({
    queryKey: ['history', form, id, version],
    queryFn: () => dataProvider.history(form, id) as Promise<HistoryEntry[]>,
  })
  if (error) return <p className="muted">{(error as Error).message}</p>
  return (
    <ol className={css.timeline}>
      {data?.map((change) => {
        const reason = reasonOf(change)
        const differences = change.action === 'create' ? [] : differencesOf(forms, change)
        return (
          <li key={change.id}>
            <State status={statusAfter[change.action] ?? 'submitted'} className={css.shape} />
            <span>
              <b>{change.actor ?? '系统'}</b>　{actionWord(change.action)}
              {change.import_id && '（导入）'}
            </span>
            <time dateTime={change.at}>{when(change.at, today)}</time>
            {reason && <div className="soft">“{reason}”</div>}
            {differences.length > 0 && (
              <div>
                <Differences of={differences} />
              </div>
            )}
          </li>
        )
      })}
    </ol>
  )
}

export function Comments({ form, id, today }: { form: string; id: number; today: string }) {
  const client = useQueryClient()
  const notify = useNotify()
  const key = ['comments', form, id]
  const { data } = useQuery({ queryKey: key, queryFn: () => dataProvider.comments(form, id) as Promise<Comment[]> })
  const [text, setText] = useState('')
  async function say(event: FormEvent) {
    event.preventDefault()
    try {
      client.setQueryData(key, await dataProvider.comment(form, id, text.trim()))
      setText('')
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    }
  }
  return (
    <div className={css.comments}>
      <ul>
        {data?.map((each) => (
          <li key={each.id}>
            <b>{each.author}</b> <span className="muted">{when(each.created_at, today)}</span>
            <p>{each.text}</p>
          </li>
        ))}
        {data?.length === 0 && <li className="muted">还没有批注。看得到这一行的人都看得到批注。</li>}
      </ul>
      <form onSubmit={say}>
        <TextArea
          value={text}
          maxLength={500}
          aria-label="写批注"
          placeholder="写给看得到这一行的人"
          onChange={(event) => setText(event.target.value)}
        />
        <Button submit className={css.say} disabled={!text.trim()}>
          写下批注
        </Button>
      </form>
    </div>
  )
}
