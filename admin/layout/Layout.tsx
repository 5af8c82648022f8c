/** The frame: top bar, menu, the page. Grid pages and narrow windows get the rail, so that the page has the width. */

import useMediaQuery from '@mui/material/useMediaQuery'
import { Component, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { I18nContextProvider, useLocation, useResourceDefinitionContext } from 'react-admin'
import { type Forms, useForms, useFormsState, useFreshForms } from '../forms.ts'
import { useWords } from '../identity.ts'
import { watchForm } from '../live.ts'
import { useMe, useRenewMe } from '../me.ts'
import { wordsOf } from '../messages.ts'
import { Password } from '../pages/Password.tsx'
import { CampaignStrip } from '../parts/Campaign.tsx'
import { classes } from '../parts/classes.ts'
import { Button, Notice, Page } from '../parts/controls.tsx'
import { Downloads } from './Downloads.tsx'
import { Finder } from './Finder.tsx'
import { ImpersonationDialog, ImpersonationStrip } from './Impersonation.tsx'
import css from './Layout.module.css'
import { useMode } from './looks.ts'
import { Menu } from './Menu.tsx'
import { SessionOver } from './SessionOver.tsx'
import { TopBar } from './TopBar.tsx'

const AGAIN_MS = 60_000
/** Pages besides those of forms that listen to the rows they show; of jurors it is their works alone. */
const live = ['', 'progress', 'works']
const liveOfJurors = ['works']

/** Campaigns are opened and archived, and rights change, while pages stand open. */
function useFreshMe() {
  const renew = useRenewMe()
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && renew()
    const timer = setInterval(look, AGAIN_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [renew])
}

/** Pages that show no live rows hear of nothing but other definitions; a page has one stream. */
function useQuietStream(isQuiet: boolean) {
  useEffect(() => {
    if (!isQuiet) return
    const watch = watchForm('campaigns', undefined, () => {})
    return () => watch.stop()
  }, [isQuiet])
}

/** What stock pieces ask react-admin of the forms in force: how they and their fields are called, by what a record goes. */
function useStockWords(forms: Forms) {
  const { register, unregister } = useResourceDefinitionContext()
  useEffect(() => {
    const definitions = Object.values(forms).map(({ name, label, names }) => ({
      name,
      hasList: true,
      options: { label },
      recordRepresentation: names,
    }))
    for (const definition of definitions) register(definition)
    return () => {
      for (const definition of definitions) unregister(definition)
    }
  }, [forms, register, unregister])
  return useMemo(() => wordsOf(forms), [forms])
}

export function Layout({ children }: { children: ReactNode }) {
  const me = useMe()
  const { pathname, search } = useLocation()
  const main = useRef<HTMLElement>(null)
  const [isImpersonating, setImpersonating] = useState(false)
  const impersonate = () => setImpersonating(true)
  useMode()
  useFreshMe()
  useFreshForms()
  const page = pathname.split('/')[1] ?? ''
  const forms = useForms()
  const isForm = Object.hasOwn(forms, page)
  const { isReady, fault } = useFormsState()
  const words = useStockWords(forms)
  const called = useWords()
  useQuietStream(isReady && !isForm && !(me?.role === 'juror' ? liveOfJurors : live).includes(page))
  const isNarrow = useMediaQuery('(max-width: 900px)', { noSsr: true })
  const isDesigner = page === 'form_designs' && new URLSearchParams(search).has('open')
  const rail = isNarrow || isForm || isDesigner || page === 'works' || /^\/imports\/\d/.test(pathname)
  if (!me) return <div className={css.app} />
  if (me.must_change_password) return <Password me={me} forced />
  return (
    <I18nContextProvider value={words}>
      <div className={classes(css.app, rail && css.rail)}>
        <button type="button" className={css.skip} onClick={() => main.current?.focus()}>
          跳到内容
        </button>
        <TopBar me={me} onImpersonate={impersonate} />
        <Menu me={me} rail={rail} />
        <main id="main" ref={main} className={css.main} tabIndex={-1}>
          <ImpersonationStrip me={me} />
          <CampaignStrip me={me} onImpersonate={impersonate} />
          <Fence key={pathname}>
            {me.campaigns.length === 0 && me.role !== 'province' ? (
              <Notice>本单位还没有参加哪个年度的活动。请与{called.contact}联系。</Notice>
            ) : fault ? (
              <NotOpened sentence={fault} />
            ) : (
              <Suspense fallback={<Page />}>{isReady ? children : <Page />}</Suspense>
            )}
          </Fence>
        </main>
        {isImpersonating && <ImpersonationDialog onClose={() => setImpersonating(false)} />}
        <Finder me={me} />
        <Downloads />
        <SessionOver me={me} />
      </div>
    </I18nContextProvider>
  )
}

/** Keeps a page that broke from taking the frame with it. */
class Fence extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null }
  static getDerivedStateFromError(error: Error) {
    return { error }
  }
  override render() {
    return this.state.error ? <NotOpened sentence={this.state.error.message} /> : this.props.children
  }
}

function NotOpened({ sentence }: { sentence: string }) {
  return (
    <Notice>
      <p>这一页没有打开。重新打开试试；还不行，请把下面这句话告诉管理员。</p>
      <p className="muted">{sentence}</p>
      <p>
        <Button onClick={() => window.location.reload()}>重新打开</Button>
      </p>
    </Notice>
  )
}
