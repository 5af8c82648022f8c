/**
 * A register of a definition beside a built-in one that holds the same rows: a list filtered and sorted by a column, one cell
 * changed. What is data is to cost no more than what is built in.
 */
import { call, inTurns, report } from './measure.ts'
import { designer } from './publications.ts'
import type { BenchWorld } from './world.ts'

const ROUNDS = 60

const signings = {
  name: 'signings',
  label: '另一张签到',
  title: '另一张签到表',
  measure: '人次',
  scope: 'unit',
  names: 'name',
  fields: [
    { name: 'event_id', label: '活动', type: 'reference', to: 'events', required: true },
    { name: 'name', label: '姓名', type: 'text', required: true },
    { name: 'gender', label: '性别', type: 'choice', choices: ['男', '女'] },
    { name: 'workplace', label: '单位', type: 'text', required: true },
    { name: 'job', label: '工种', type: 'text' },
    { name: 'phone', label: '手机号', type: 'phone', private: true, mobile: true },
    { name: 'signed_at', label: '签到时间', type: 'datetime' },
    { name: 'way', label: '方式', type: 'choice', choices: ['扫码', '纸质补录', '导入'] },
    { name: 'remark', label: '备注', type: 'long_text', max: 500 },
  ],
  keys: [
    ['event_id', 'phone'],
    ['event_id', 'name', 'workplace'],
  ],
  rules: [],
}

/** The rows of 签到 in it, without history as those were filled. */
async function copyRows({ owner }: BenchWorld): Promise<void> {
  const columns = ['campaign_id', 'unit_id', ...signings.fields.map(({ name }) => name)].join(', ')
  await owner.query('alter table signings disable trigger user')
  await owner.query(`insert into signings (${columns}) select ${columns} from attendance order by id`)
  await owner.query('alter table signings enable trigger user')
  await owner.query(
    `insert into tally select 'signings', campaign_id, unit_id, status, count(*) from signings group by 2, 3, 4`,
  )
  await owner.query('analyze signings')
}

export async function registers(world: BenchWorld, rows: number): Promise<void> {
  await world.fill(rows)
  await (await designer(world))(signings)
  await copyRows(world)
  const { address, cookie, campaign_id, owner } = world
  const lists = { 'a list': {}, 'a list filtered by a choice and a text': { gender: '女', job_like: '操作' } }
  for (const [what, filter] of Object.entries(lists)) {
    const list = (form: string) => (n: number) =>
      call({
        address,
        path: `/api/${form}?${new URLSearchParams({ filter: JSON.stringify({ campaign_id, ...filter }), range: JSON.stringify([n * 50, n * 50 + 49]), sort: '["workplace","ASC"]' })}`,
        headers: { cookie },
      })
    const pair = await inTurns(list('signings'), list('attendance'), { width: 1, rounds: rows > 100_000 ? 10 : ROUNDS })
    report(`${what}, sorted, ${rows.toLocaleString('en')} rows, a designed register beside a built-in one`, pair, 1.2)
  }
  const change = async (form: string) => {
    const { rows: ids } = await owner.query<{ id: number }>(`select id from ${form} order by id limit 1000`)
    const versions = new Map<number, number>()
    return async (n: number) => {
      const id = ids[n % ids.length]?.id ?? 0
      const version = versions.get(id) ?? 1
      versions.set(id, version + 1)
      const headers = { cookie, origin: address }
      const body = JSON.stringify({ version, job: `工种${n}-${version}` })
      await call({ address, method: 'PUT', path: `/api/${form}/${id}`, headers, body })
    }
  }
  const pair = await inTurns(await change('signings'), await change('attendance'), { width: 1, rounds: ROUNDS * 4 })
  report('one cell changed, a designed register beside a built-in one', pair, 1.1)
}
