/** Saved views: which one is open, whether it has been changed since, and what can be done with it. */
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { View } from '../../grid/index.ts'
import type { Me } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { classes } from '../../parts/classes.ts'
import { Button, Field, Input } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { MenuButton, MenuItem } from '../../parts/MenuButton.tsx'
import { type ShownView, useViewActions } from './saved.ts'
import css from './Views.module.css'
import type { Viewing } from './view.ts'

type ViewsProps = { form: string; me: Me; saved: readonly ShownView[]; viewing: Viewing }
type ViewQuestion = { what: 'new' | 'name'; name: string } | { what: 'remove' }

/** Everything of the view that is kept under a name. */
const layoutOf = ({ sort, filter, ...looks }: View): Partial<View> => ({ ...looks, sort, filter })

const faultOf = (error: unknown): string => {
  const { body, message } = error as HttpError
  const errors = (body as { errors?: Record<string, string> } | null)?.errors
  return Object.values(errors ?? {})[0] ?? message
}

export function Views({ form, me, saved, viewing }: ViewsProps) {
  const { chosen, isChanged, view, open, settle } = viewing
  const [asking, setAsking] = useState<ViewQuestion | null>(null)
  const [fault, setFault] = useState<string>()
  const actions = useViewActions(form)
  const notify = useNotify()
  const isMine = chosen !== null && (chosen.own || (chosen.shared && me.role === 'province'))

  async function run(fn: () => Promise<unknown>, said: string) {
    try {
      await fn()
      setAsking(null)
      notify(said, { type: 'info' })
    } catch (error) {
      if (asking) setFault(faultOf(error))
      else notify(faultOf(error), { type: 'warning' })
    }
  }
  const ask = (next: ViewQuestion) => {
    setFault(undefined)
    setAsking(next)
  }
  const save = () =>
    chosen &&
    run(async () => settle(await actions.change(chosen, { layout: layoutOf(view) })), `已保存视图“${chosen.name}”。`)

  return (
    <>
      <MenuButton
        button={(opener) => (
          <Button kind="quiet" title="视图：筛选、排序、栏目和分组，存成一个名称" {...opener}>
            <Icon name="eye" />
            <span className={classes('cut', css.viewName)}>{chosen?.name ?? '视图'}</span>
            {isChanged && <span className={css.viewChanged}>已改动</span>}
            <Icon name="down" small />
          </Button>
        )}
      >
        <MenuItem checked={chosen === null} onChoose={() => open(null)}>
          <Tick on={chosen === null} />
          不用视图
        </MenuItem>
        {saved.map((each) => (
          <MenuItem key={each.id} checked={each.id === chosen?.id} onChoose={() => open(each)}>
            <Tick on={each.id === chosen?.id} />
            <span className="fill">{each.name}</span>
            <small className="muted">
              {[each.shared && (each.own ? '已共享' : `${each.by} 共享`), each.is_default && '默认']
                .filter(Boolean)
                .join(' · ')}
            </small>
          </MenuItem>
        ))}
        <hr className={css.menuLine} />
        {isChanged && isMine && <MenuItem onChoose={() => void save()}>保存</MenuItem>}
        <MenuItem onChoose={() => ask({ what: 'new', name: '' })}>另存为…</MenuItem>
        {isChanged && chosen && <MenuItem onChoose={() => open(chosen)}>还原成存的样子</MenuItem>}
        {chosen && (
          <MenuItem
            onChoose={() =>
              run(
                () => actions.openWith(chosen.is_default ? null : chosen.id),
                chosen.is_default ? '不再默认打开这个视图。' : `以后打开这张表，就是“${chosen.name}”。`,
              )
            }
          >
            {chosen.is_default ? '取消默认' : '设为默认'}
          </MenuItem>
        )}
        {chosen?.own && me.role === 'province' && (
          <MenuItem
            onChoose={() =>
              run(
                async () => settle(await actions.change(chosen, { shared: !chosen.shared })),
                chosen.shared ? '已收回，只有您自己能看到。' : '已共享，各单位都能打开，看到的是各自范围内的行。',
              )
            }
          >
            {chosen.shared ? '不再共享' : '共享给各单位'}
          </MenuItem>
        )}
        {chosen && isMine && <MenuItem onChoose={() => ask({ what: 'name', name: chosen.name })}>改名…</MenuItem>}
        {chosen && isMine && <MenuItem onChoose={() => ask({ what: 'remove' })}>删除…</MenuItem>}
      </MenuButton>
      {asking?.what === 'remove' && chosen && (
        <Ask
          title={`删除视图“${chosen.name}”？`}
          verb="删除"
          onClose={() => setAsking(null)}
          onGo={() =>
            run(async () => {
              await actions.remove(chosen)
              open(null)
            }, `已删除视图“${chosen.name}”。`)
          }
        >
          <p className="soft">行不受影响。{chosen.shared && '各单位也不再看到它。'}</p>
        </Ask>
      )}
      {asking && asking.what !== 'remove' && (
        <Naming
          asking={asking}
          fault={fault}
          onClose={() => setAsking(null)}
          onGo={(name) =>
            asking.what === 'new'
              ? run(async () => settle(await actions.create(name, layoutOf(view), false)), `已存为视图“${name}”。`)
              : run(async () => chosen && actions.change(chosen, { name }), `已改名为“${name}”。`)
          }
        />
      )}
    </>
  )
}

const Tick = ({ on }: { on: boolean }) => <span className={css.menuTick}>{on && <Icon name="tick" small />}</span>

function Naming({
  asking,
  fault,
  onGo,
  onClose,
}: {
  asking: { what: 'new' | 'name'; name: string }
  fault: string | undefined
  onGo: (name: string) => void
  onClose: () => void
}) {
  const [name, setName] = useState(asking.name)
  const verb = asking.what === 'new' ? '保存' : '改名'
  return (
    <Ask
      title={asking.what === 'new' ? '把现在的样子存为视图' : '视图改名'}
      verb={verb}
      onClose={onClose}
      onGo={() => onGo(name.trim())}
    >
      <Field label="名称" fault={fault}>
        <Input
          autoFocus
          value={name}
          maxLength={40}
          required
          aria-label="视图名称"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
    </Ask>
  )
}
