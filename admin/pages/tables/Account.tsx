/** 我的账号: who I am and what I may do, my password, how the pages look. */

import { useLogout, useRemoveFromStore, useStore } from 'react-admin'
import { annexOf } from '../../../server/forms/index.ts'
import { useForms } from '../../forms.ts'
import { useWords } from '../../identity.ts'
import { type Density, useDensity } from '../../layout/looks.ts'
import { type Me, placeOf, rightsOf, useMe } from '../../me.ts'
import { Body, Button, Lines, Page, PageHead, Section, Segments } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Password } from '../Password.tsx'
import css from './Account.module.css'
import { roleWord } from './UserPanel.tsx'

type ThemeChoice = 'light' | 'dark' | 'system'

const densities: readonly (readonly [Density, string])[] = [
  ['compact', '紧凑'],
  ['standard', '标准'],
  ['wide', '宽松'],
]
const looks: readonly (readonly [ThemeChoice, string])[] = [
  ['light', '浅色'],
  ['dark', '深色'],
  ['system', '跟随系统'],
]

/** What was chosen; nothing stored means that the system decides. */
function useLook(): [ThemeChoice, (look: ThemeChoice) => void] {
  const [stored, store] = useStore<'light' | 'dark' | undefined>('theme')
  const forget = useRemoveFromStore('theme')
  return [stored ?? 'system', (look) => (look === 'system' ? forget() : store(look))]
}

export default function Account() {
  const words = useWords()
  const me = useMe()
  const logout = useLogout()
  if (!me) return <Page />
  return (
    <Page scrolls>
      <PageHead title="我的账号">
        <Button icon="out" onClick={() => void logout()}>
          退出登录
        </Button>
      </PageHead>
      <Body className={css.account}>
        <div>
          <Section title="基本情况">
            <dl>
              <dt>姓名</dt>
              <dd>
                <b>{me.name}</b>
              </dd>
              <dt>用户名</dt>
              <dd>{me.username}</dd>
              <dt>角色</dt>
              <dd>{roleWord(words, me.role)}</dd>
              <dt>单位</dt>
              <dd>{me.unit_name ?? placeOf(me, words)}</dd>
            </dl>
            <p className="muted">姓名、单位或角色不对，请与{words.contact}联系。</p>
          </Section>
          <Appearance />
          {me.role !== 'juror' && <May me={me} />}
        </div>
        <Section title="换密码" note="换好后，别处登录的会退出">
          <Password me={me} />
        </Section>
      </Body>
    </Page>
  )
}

function Appearance() {
  const [look, setLook] = useLook()
  const { density, setDensity } = useDensity()
  return (
    <Section title="显示" note="记在这台电脑的浏览器里">
      <dl>
        <dt>颜色</dt>
        <dd>
          <Segments label="颜色" chosen={look} onChoose={setLook} choices={looks} />
        </dd>
        <dt>表格行高</dt>
        <dd>
          <Segments label="表格行高" chosen={density} onChoose={setDensity} choices={densities} />
        </dd>
      </dl>
    </Section>
  )
}

/** What the server lets this person do, form by form. */
function May({ me }: { me: Me }) {
  const listed = Object.values(useForms()).filter(({ name }) => rightsOf(me, name).read)
  const yes = (may: boolean, word: string) => <td>{may && <Yes word={word} />}</td>
  const reviews = (name: string) => rightsOf(me, name).actions.some(({ action }) => action === 'approval')
  return (
    <Section title="我能做的" note={me.role === 'clerk' ? '只在本单位的行里' : undefined}>
      <Lines className={css.may}>
        <thead>
          <tr>
            <th>登记</th>
            <th>查看</th>
            <th>录入</th>
            <th>导入</th>
            <th>导出</th>
            <th>审核</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ name, label, annex }) => {
            const rights = rightsOf(me, name)
            return (
              <tr key={name}>
                <td>
                  {label}
                  {annex && <span className="muted">　{annexOf({ annex })}</span>}
                </td>
                {yes(rights.read, '查看')}
                {yes(rights.create, '录入')}
                {yes(rights.import, '导入')}
                {yes(rights.export, '导出')}
                {yes(reviews(name), '审核')}
              </tr>
            )
          })}
        </tbody>
      </Lines>
    </Section>
  )
}

const Yes = ({ word }: { word: string }) => (
  <span className="soft" title={`可以${word}`}>
    <Icon name="tick" />
    <span className="unseen">可以</span>
  </span>
)
