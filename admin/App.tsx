/** The admin: providers, look, and every page under its name. Pages load when they are first opened. */
import { lazy } from 'react'
import { Admin, localStorageStore, Notification, type NotificationProps, Resource, useLocation } from 'react-admin'
import { formOf } from '../server/forms/index.ts'
import { authProvider } from './authProvider.ts'
import { dataProvider } from './dataProvider.ts'
import { useForms } from './forms.ts'
import { Layout } from './layout/Layout.tsx'
import { i18nProvider } from './messages.ts'
import { Gone } from './pages/Gone.tsx'
import { Login } from './pages/Login.tsx'
import { Page } from './parts/controls.tsx'
import { look } from './theme.ts'

const Home = lazy(() => import('./pages/Home.tsx'))
const Register = lazy(() => import('./pages/Register.tsx'))
const Progress = lazy(() => import('./pages/Progress.tsx'))
const Works = lazy(() => import('./pages/works/Works.tsx'))
const Imports = lazy(() => import('./pages/Imports.tsx'))
const ImportCheck = lazy(() => import('./pages/ImportCheck.tsx'))
const Filings = lazy(() => import('./pages/Filings.tsx'))
const Bin = lazy(() => import('./pages/tables/Bin.tsx'))
const Changes = lazy(() => import('./pages/tables/Changes.tsx'))
const Operations = lazy(() => import('./pages/tables/Operations.tsx'))
const Users = lazy(() => import('./pages/tables/Users.tsx'))
const Dictionary = lazy(() => import('./pages/tables/Dictionary.tsx'))
const Interface = lazy(() => import('./pages/tables/Interface.tsx'))
const Designs = lazy(() => import('./pages/designs/Designs.tsx'))
const FromNotice = lazy(() => import('./pages/notice/FromNotice.tsx'))
const NewYear = lazy(() => import('./pages/year/NewYear.tsx'))
const Guide = lazy(() => import('./pages/Guide.tsx'))
const Account = lazy(() => import('./pages/tables/Account.tsx'))

const light = look('light')
const dark = look('dark')
const store = localStorageStore()

const Said = (props: NotificationProps) => (
  <Notification {...props} anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }} autoHideDuration={6000} />
)

const Waiting = () => <Page />

/** Forms are in force by campaign, so their pages are no fixed resources: a form's name is its address. */
function FormPage() {
  const name = useLocation().pathname.split('/')[1] ?? ''
  const form = formOf(useForms(), name)
  return form ? <Register key={name} form={form} /> : <Gone key={name} name={name} />
}

export function App() {
  return (
    <Admin
      title="好网民台账"
      dataProvider={dataProvider}
      authProvider={authProvider}
      i18nProvider={i18nProvider}
      store={store}
      lightTheme={light}
      darkTheme={dark}
      layout={Layout}
      loginPage={Login}
      dashboard={Home}
      notification={Said}
      catchAll={FormPage}
      loading={Waiting}
      requireAuth
      disableTelemetry
    >
      <Resource name="progress" list={Progress} options={{ label: '任务完成情况' }} />
      <Resource name="works" list={Works} options={{ label: '作品评审' }} />
      <Resource name="imports" list={Imports} show={ImportCheck} options={{ label: '导入记录' }} />
      <Resource name="filings" list={Filings} options={{ label: '报送版' }} />
      <Resource name="bin" list={Bin} options={{ label: '回收站' }} />
      <Resource name="changes" list={Changes} options={{ label: '变更记录' }} />
      <Resource name="operations" list={Operations} options={{ label: '我的操作' }} />
      <Resource name="users" list={Users} options={{ label: '用户' }} />
      <Resource name="form_designs" list={Designs} options={{ label: '表单设计' }} />
      <Resource name="from_notice" list={FromNotice} options={{ label: '从通知来' }} />
      <Resource name="new_year" list={NewYear} options={{ label: '新建年度' }} />
      <Resource name="dictionary" list={Dictionary} options={{ label: '数据字典' }} />
      <Resource name="interface" list={Interface} options={{ label: '接口说明' }} />
      <Resource name="guide" list={Guide} options={{ label: '使用说明' }} />
      <Resource name="account" list={Account} options={{ label: '我的账号' }} />
    </Admin>
  )
}
