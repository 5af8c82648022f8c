/** 登录: at the left the ladder 1-2-3-5-1 that it is all about, at the right the form, in the demo its accounts. */
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, Fragment, useRef, useState } from 'react'
import { useLogin } from 'react-admin'
import type { Demo as DemoAccounts } from '../../server/app.ts'
import type { Welcome } from '../../server/people/sessions.ts'
import { get } from '../http.ts'
import { useMode } from '../layout/looks.ts'
import { classes } from '../parts/classes.ts'
import { Button, Field, IconButton, Input, LinkButton } from '../parts/controls.tsx'
import { Seal } from '../parts/icons.tsx'
import css from './Login.module.css'

/** 1000 万 名 职工网民: a figure of the plan, its first digit set large. */
const RUNG = /^(\d)(\S*(?: [万亿])?) (\S+) (.+)$/

function useWelcome(): Welcome | undefined {
  const { data } = useQuery({
    queryKey: ['welcome'],
    queryFn: () => get('/welcome') as Promise<Welcome>,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data
}

export function Login() {
  useMode()
  const welcome = useWelcome()
  const lines = welcome?.text.split('\n').filter(Boolean) ?? []
  const rungs = lines.filter((line) => RUNG.test(line))
  const first = lines.findIndex((line) => RUNG.test(line))
  const others = (wanted: boolean) =>
    lines.filter((line, at) => !RUNG.test(line) && (first < 0 || at < first) === wanted)
  return (
    <main className={css.login}>
      <section className={css.plan}>
        <p className={css.brand}>
          <Seal />
          <b>好网民台账</b>
          {welcome && (
            <span className="muted">
              {welcome.lead_name}
              {welcome.department}
            </span>
          )}
        </p>
        <div className={css.title}>
          <h1>
            {welcome?.title.split('\n').map((line, at) => (
              <Fragment key={line}>
                {at > 0 && <br />}
                {line}
              </Fragment>
            ))}
          </h1>
          {others(true).map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
        <ol className={css.ladder}>
          {rungs.map((line) => {
            const [, digit, rest, measure, words] = RUNG.exec(line) ?? []
            return (
              <li key={line}>
                <b>{digit}</b>
                <span className={css.ladderRest}>{rest}</span>
                <span className={css.ladderMeasure}>{measure}</span>
                <span className={css.ladderWords}>{words}</span>
              </li>
            )
          })}
        </ol>
        <p className={classes('muted', css.source)}>
          {welcome?.notice_number}
          {others(false).map((line) => (
            <span key={line}>{line}</span>
          ))}
        </p>
      </section>
      <Entrance welcome={welcome} />
    </main>
  )
}

function Entrance({ welcome }: { welcome: Welcome | undefined }) {
  const login = useLogin()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState<string>()
  const [busy, setBusy] = useState(false)
  const button = useRef<HTMLButtonElement>(null)

  async function enter(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setFault(undefined)
    try {
      await login({ username, password })
    } catch (error) {
      setFault((error as Error).message)
      setBusy(false)
    }
  }
  return (
    <section className={css.entrance}>
      <form onSubmit={enter}>
        <h2>登录</h2>
        <Field label="用户名">
          <Input
            className={css.field}
            value={username}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            autoFocus
            required
            onChange={(event) => setUsername(event.target.value)}
          />
        </Field>
        <Field label="密码" fault={fault}>
          <PasswordInput value={password} onType={setPassword} />
        </Field>
        <Button kind="primary" large submit disabled={busy} ref={button}>
          登录
        </Button>
        <p className="muted">忘记密码请联系{welcome?.contact ?? '管理员'}重置。本系统不登记身份证号。</p>
      </form>
      <Demo
        welcome={welcome}
        chosen={username}
        onChoose={(name, secret) => {
          setUsername(name)
          setPassword(secret)
          setFault(undefined)
          button.current?.focus()
        }}
      />
    </section>
  )
}

/** What is typed can be looked at. */
function PasswordInput({ value, onType }: { value: string; onType: (text: string) => void }) {
  const [shown, setShown] = useState(false)
  return (
    <Input
      className={css.field}
      type={shown ? 'text' : 'password'}
      value={value}
      autoComplete="current-password"
      required
      onChange={(event) => onType(event.target.value)}
      end={
        <IconButton
          icon={shown ? 'eye' : 'blind'}
          label={shown ? '隐去密码' : '显示密码'}
          onClick={() => setShown(!shown)}
        />
      }
    />
  )
}

type DemoProps = {
  welcome: Welcome | undefined
  chosen: string
  onChoose: (username: string, password: string) => void
}

/** Present only where the server says that this is a demonstration. One click fills the form. */
function Demo({ welcome, chosen, onChoose }: DemoProps) {
  const { data } = useQuery({
    queryKey: ['demo'],
    queryFn: () => get('/demo').catch(() => null) as Promise<DemoAccounts | null>,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (!data) return null
  const choose = (account: DemoAccounts['accounts'][number]) => () => onChoose(account.username, data.password)
  const named = (account: DemoAccounts['accounts'][number]) => (
    <LinkButton
      key={account.username}
      className={css.account}
      aria-pressed={account.username === chosen}
      onClick={choose(account)}
    >
      {account.username}
    </LinkButton>
  )
  const of = (role: string) => data.accounts.filter((account) => account.role === role)
  const admins = of('province').filter(({ username }) => username === 'admin')
  return (
    <section className={css.demo} aria-label="演示账号">
      <header>
        <h3>演示账号</h3>
        <span className="fill" />
        <span className="muted">密码都是</span>
        <code>{data.password}</code>
      </header>
      <dl>
        <dt>{welcome?.contact}</dt>
        <dd>审核、催报、任务分配</dd>
        <dd>
          {of('province')
            .filter((account) => !admins.includes(account))
            .map(named)}
        </dd>
        <dt>单位经办</dt>
        <dd>录入、导入、提交</dd>
        <dd className="muted">点下面的{welcome?.unit_called}</dd>
        <Units accounts={of('clerk')} chosen={chosen} choose={choose} />
        {welcome?.office && (
          <>
            <dt>{welcome.office}</dt>
            <dd>查看、批注，手机号隐去</dd>
            <dd>{of('cac').map(named)}</dd>
          </>
        )}
        <dt>评委</dt>
        <dd>匿名评分</dd>
        <dd>{of('juror').map(named)}</dd>
        <dt>管理员</dt>
        <dd>用户与年度</dd>
        <dd>{admins.map(named)}</dd>
      </dl>
      <p className="muted">演示数据均为虚构。</p>
    </section>
  )
}

type UnitsProps = {
  accounts: DemoAccounts['accounts']
  chosen: string
  choose: (account: DemoAccounts['accounts'][number]) => () => void
}

function Units({ accounts, chosen, choose }: UnitsProps) {
  return (
    <dd className={css.demoCities}>
      {accounts.map((account) => (
        <button
          key={account.username}
          type="button"
          title={account.username}
          aria-pressed={account.username === chosen}
          onClick={choose(account)}
        >
          {(account.unit ?? account.name).replace(/市?总工会$/, '')}
        </button>
      ))}
    </dd>
  )
}
