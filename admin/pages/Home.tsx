/** 首页: the province sees all units against the quotas; a unit sees its own gap and what came back; a juror the works. */
import { lazy } from 'react'
import { useMe } from '../me.ts'
import HomeProvince from './HomeProvince.tsx'
import HomeUnit from './HomeUnit.tsx'

const Jury = lazy(() => import('./works/Jury.tsx'))

export default function Home() {
  const me = useMe()
  if (!me) return null
  if (me.role === 'juror') return <Jury />
  return me.role === 'province' || (me.role === 'cac' && me.unit_id === null) || me.unit_id === null ? (
    <HomeProvince me={me} />
  ) : (
    <HomeUnit me={me} />
  )
}
