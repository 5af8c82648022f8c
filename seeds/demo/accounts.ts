// The accounts of the demonstration: the province, the internet office, one clerk a city, two jurors.
import { cities } from './cities.ts'

type Account = {
  username: string
  name: string
  role: 'province' | 'cac' | 'clerk' | 'juror'
  /** Short name of the unit; none: the whole province, or a juror. */
  unit: string | null
}

const clerks = cities.map(
  ({ code, clerk, name }): Account => ({ username: code, name: clerk, role: 'clerk', unit: name }),
)

export const demoAccounts: Account[] = [
  { username: 'admin', name: '何蕴', role: 'province', unit: '省总' },
  { username: 'province', name: '陈嘉和', role: 'province', unit: '省总' },
  { username: 'cac', name: '谷明澈', role: 'cac', unit: null },
  { username: 'cac-hefei', name: '庐知远', role: 'cac', unit: '合肥' },
  ...clerks,
  { username: 'juror1', name: '林见山', role: 'juror', unit: null },
  { username: 'juror2', name: '云疏影', role: 'juror', unit: null },
]
