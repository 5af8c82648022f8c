/** What a notice leaves open about units and their registers. */
import type { Question } from '../question.ts'
import { type FoundFacts, passageWith } from './found_facts.ts'
import type { ClassifiedTable } from './table_kinds.ts'
import { shared } from './targets.ts'
import { missingKinds, suffixOf } from './unit_kinds.ts'

const list = (names: readonly string[]) =>
  names.length > 4 ? `${names.slice(0, 3).join('、')}等 ${names.length} 个` : names.join('、')

/** Who takes part and what they fill: names, kinds, those that are listed nowhere, registers. */
export function aboutUnits({ frame, units, hosts, tables }: FoundFacts): Question[] {
  const asked: Question[] = []
  const suffix = suffixOf(units, hosts)
  if (suffix) {
    const named = hosts.filter(({ hosts: names }) =>
      names.some((name) => units.some((unit) => `${unit.name}${suffix}` === name)),
    )
    const inText = passageWith(frame, /分别由.+承办/)
    asked.push({
      id: 'units.full_names',
      about: 'units',
      says: `任务分配表只印“${list(units.map(({ name }) => name))}”${inText ? '，通知里也只写“分别由…承办”' : ''}；承办单位写全称，如“${named[0]?.hosts[0] ?? ''}”。各单位的全称都加“${suffix}”吗？`,
      options: [
        { value: suffix, label: `加“${suffix}”，简称照表里的` },
        { value: '', label: '不加，就用表里的名字' },
      ],
      from: inText?.said.slice(0, 200),
    })
  } else if (units.length > 0 && units.every(({ kind }) => kind === null))
    asked.push({
      id: 'units.kinds',
      about: 'units',
      says: `${units.length} 个单位分哪几类，文件里没有写。`,
      options: [
        { value: 'by_name', label: '按名称的末尾分（市州、新区、工会、其他）' },
        { value: 'one', label: '不分，都算“填报单位”' },
      ],
    })
  const missing = missingKinds(frame, units, suffix)
  if (units.length === 0)
    asked.push({
      id: 'units.missing',
      about: 'units',
      says: `文件里没有参加单位的名单，只写“${frame.addressees?.said.replace(/[:：]$/, '') ?? ''}”。先列哪些单位？`,
      options: [
        { value: 'hosts', label: '先列牵头和承办单位，其余以后在“参加单位”里加' },
        { value: 'none', label: '先只列牵头单位' },
      ],
      from: frame.addressees?.said,
    })
  else if (missing.length > 0)
    asked.push({
      id: 'units.more',
      about: 'units',
      says: `通知还发给“${missing.join('、')}”，但没有写是哪些单位。`,
      options: [
        { value: missing, label: '先建这几类，单位以后在“参加单位”里加' },
        { value: [], label: '不参加' },
      ],
      from: frame.addressees?.said,
    })
  return [...asked, ...aboutRegisters({ frame, tables, units, hosts })]
}

const asRegister = { value: 'register', label: '作一个登记表，按它填报' }
const asCollection = { value: 'collection', label: '作征集项目，这张表只是它的清单或表样' }
const registersIn = (tables: readonly ClassifiedTable[]) => tables.filter(({ kind }) => kind === 'register')

function aboutRegisters({
  frame,
  tables,
  hosts,
  units,
}: Pick<FoundFacts, 'frame' | 'tables' | 'hosts' | 'units'>): Question[] {
  const registers = registersIn(tables)
  const asked: Question[] = []
  if (registers.length === 0 && units.length > 0)
    asked.push({
      id: 'registers.none',
      about: 'registers',
      says: '文件里没有印登记表。各单位填什么？',
      options: [
        { value: 'as_now', label: '照现有的登记表' },
        { value: 'needed', label: '只用任务和征集要的那几个' },
      ],
    })
  // one-page forms are offered as print templates of a register, whatever is answered, so nothing is asked of them
  for (const register of registers.filter(({ isOnePage }) => !isOnePage)) {
    const bare = register.title.replace(/(?:汇总|统计|推荐|登记|审批)?表$/, '')
    const same = hosts.find(({ title }) => shared(title, bare) >= Math.min(5, bare.length))
    if (same)
      asked.push({
        id: `registers.collection.${register.table.id}`,
        about: `tables.${register.table.id}`,
        says: `“${same.title}”是征集项目，又有附件${register.annex ?? ''}《${register.title}》要填。怎么收？`,
        options: [asRegister, asCollection],
        from: passageWith(frame, new RegExp(`附件${register.annex}`))?.said,
      })
    const labels = register.shape.labels.map((label) => label.replace(/\*/g, ''))
    const line = register.before.find(({ said }) => /填报单位/.test(said))
    if (line && labels.some((label) => /申报单位$/.test(label)))
      asked.push({
        id: `registers.applicant.${register.table.id}`,
        about: `tables.${register.table.id}`,
        says: `《${register.title}》上面是“填报单位”，表里另有一栏“申报单位”。`,
        options: [
          { value: 'column', label: '申报单位是做这件事的单位，另填一栏' },
          { value: 'unit', label: '就是填报单位，不另填' },
        ],
      })
  }
  return asked
}
