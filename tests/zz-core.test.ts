// temporary measure
import { afterAll, beforeAll, it } from 'vitest'
import { type Agent, makeWorld, sample, type World } from './world.ts'
let world: World
let hefei: Agent
beforeAll(async () => { world = await makeWorld(); hefei = await world.as('hefei'); await hefei.post('/events', sample.events?.(1)) })
afterAll(() => world?.close())
const N = Number(process.env.N ?? 50000)
it('measures', async () => {
  const lines = ['活动名称,姓名,单位,手机号,签到时间,性别']
  for (let n = 0; n < N; n++) lines.push(`第1场网络安全知识竞赛,${['张','李','王'][n%3]}某${n},合肥第${n%40}建筑集团有限公司,${n % 5000 === 7 ? '1.38E+10' : `138${String(n).padStart(8,'0')}`},2019-07-10 09:${String(n%60).padStart(2,'0')},${n % 7000 === 9 ? '他' : '男'}`)
  const csv = Buffer.from(lines.join('\n'))
  for (let round = 0; round < 8; round++) {
    if (round % 2) process.env.NO_STAGE = '1'; else delete process.env.NO_STAGE
    const c = process.cpuUsage()
    const t = Date.now()
    const { body } = await hefei.upload('/attendance/imports', csv, '签到.csv')
    const u = process.cpuUsage(c)
    console.log('check', process.env.NO_STAGE ? 'bare' : 'staged', Date.now() - t, 'ms cpu', Math.round((u.user+u.system)/1000), body.rows, Math.round(process.memoryUsage().rss/1e6))
  }
}, 300000)
