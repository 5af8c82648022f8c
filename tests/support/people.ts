/** The people of the tests: one a role and some more, who can log in with one password. */
import { hash } from '@node-rs/argon2'
import pg from 'pg'

export const password = 'tingtong-2019'

/** username, role, unit's short name. huaibei hosts C4, suzhou C5. */
const people = [
  ['province', 'province', '省总'],
  ['cac', 'cac', null],
  ['cac-hefei', 'cac', '合肥'],
  ['hefei', 'clerk', '合肥'],
  ['wuhu', 'clerk', '芜湖'],
  ['huaibei', 'clerk', '淮北'],
  ['suzhou', 'clerk', '宿州'],
  ['juror1', 'juror', null],
  ['juror2', 'juror', null],
] as const
export type Username = (typeof people)[number][0]

/** Gives them their accounts. Their hash is the cheapest there is: hundreds of log-ins check it, and none tries to break it. */
export async function enrol(ownerUrl: string) {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const hashed = await hash(password, { memoryCost: 8, timeCost: 1, parallelism: 1 })
  for (const [username, role, unit] of people) {
    await client.query(
      `insert into users (username, name, role, unit_id, password_hash, must_change_password)
       values ($1, $2, $3, (select id from units where short_name = $4), $5, false)`,
      [username, `测试${username}`, role, unit, hashed],
    )
  }
  await client.end()
}
