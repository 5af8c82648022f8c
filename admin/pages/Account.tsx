/** 我的账号: who I am, my password, how the pages look. */
import { type Density, useDensity, useMode } from '../layout/Layout.tsx'
import { type Me, placeOf, useMe } from '../me.ts'
import { PageHead, Section, Segments } from '../parts/controls.tsx'
import { Password } from './Password.tsx'
import './plain.css'

const roles: Record<Me['role'], string> = { province: '省总网络工作部', cac: '网信办', clerk: '经办', juror: '评委' }

export default function Account() {
  const me = useMe()
  const [mode, setMode] = useMode()
  const { density, setDensity } = useDensity()
  if (!me) return null
  return (
    <div className="page scrolls">
      <PageHead title="我的账号" />
      <div className="body account">
        <Section title="基本情况">
          <dl>
            <dt>姓名</dt>
            <dd>{me.name}</dd>
            <dt>用户名</dt>
            <dd>{me.username}</dd>
            <dt>角色</dt>
            <dd>{roles[me.role]}</dd>
            <dt>单位</dt>
            <dd>{me.unit_name ?? placeOf(me)}</dd>
          </dl>
          <p className="muted" style={{ paddingTop: 8 }}>
            姓名、单位或角色不对，请联系省总网络工作部。
          </p>
          <h3 style={{ margin: '24px 0 4px' }}>显示</h3>
          <dl>
            <dt>颜色</dt>
            <dd>
              <Segments
                label="颜色"
                chosen={mode}
                onChoose={setMode}
                choices={[
                  ['light', '浅色'],
                  ['dark', '深色'],
                ]}
              />
            </dd>
            <dt>行高</dt>
            <dd>
              <Segments<Density>
                label="行高"
                chosen={density}
                onChoose={setDensity}
                choices={[
                  ['compact', '紧凑'],
                  ['standard', '标准'],
                  ['wide', '宽松'],
                ]}
              />
            </dd>
          </dl>
        </Section>
        <Section title="换密码" note="换好以后，别处登录的会退出">
          <Password me={me} />
        </Section>
      </div>
    </div>
  )
}
