/**
 * The commands `npm run backup -- FILE` and `npm run restore -- FILE`. They take the same settings as the server: DATABASE_URL,
 * or the private PostgreSQL in DATA_DIR, which may be running.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { backUp } from '../db/backup.ts'
import { startPrivatePostgres, urlOfRunning } from '../db/embedded.ts'
import { startRefused } from '../db/embedded_binaries.ts'
import { restore } from '../db/restore.ts'
import { appLogin, readSettings, type Settings } from './settings.ts'

const commands = { backup, restore: restoreFrom }
/** The terminal's folder: npm runs its commands in the project's. */
const here = process.env.INIT_CWD ?? process.cwd()

const tell = (name: string, n: number, of: number) => console.log(`${n}/${of} ${name}`)
const totals = ({ tables }: { tables: readonly { rows: number }[] }) =>
  `${tables.length} 张表、${tables.reduce((sum, { rows }) => sum + rows, 0)} 行`

async function backup(settings: Settings, path: string): Promise<void> {
  const { data_dir, database_url } = settings
  if (!database_url && !existsSync(join(data_dir, 'postgres'))) {
    throw startRefused(`${data_dir} 里没有数据库：请用 DATA_DIR 写明数据文件夹，或用 DATABASE_URL 写明数据库。`)
  }
  const running = database_url ?? urlOfRunning(data_dir)
  const made = await withOwner(settings, running, (url) => backUp(url, path, tell))
  console.log(`已备份到 ${path}：${totals(made)}。里面有手机号等个人信息，请妥善保管。`)
}

async function restoreFrom(settings: Settings, path: string): Promise<void> {
  const made = await withOwner(settings, settings.database_url, (url) => {
    const { user, password } = appLogin(url, settings.app_database_url)
    return restore(url, path, { login: { name: user, password }, onTable: tell })
  })
  console.log(`已恢复 ${made.made_at} 的备份：${totals(made)}。所有人要重新登录。`)
}

/** Runs `fn` with the address given, or with the data folder's own PostgreSQL, started for it and stopped again. */
async function withOwner<T>(settings: Settings, url: string | undefined, fn: (url: string) => Promise<T>): Promise<T> {
  if (url) return fn(url)
  const postgres = await startPrivatePostgres({ folder: settings.data_dir, log: console.error })
  try {
    return await fn(postgres.url)
  } finally {
    await postgres.stop()
  }
}

async function main() {
  const [name = '', path, ...more] = process.argv.slice(2)
  const command = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined
  if (!command || !path || more.length > 0) {
    console.error('用法：npm run backup -- 备份文件，或 npm run restore -- 备份文件')
    process.exitCode = 2
    return
  }
  const read = readSettings(process.env, [], here)
  if ('faults' in read) {
    for (const fault of read.faults) console.error(fault)
    process.exitCode = 2
    return
  }
  try {
    await command(read.settings, resolve(here, path))
  } catch (error) {
    const { name: kind, message, stack } = error as Error
    console.error(kind === 'StartRefused' ? message : (stack ?? message))
    process.exitCode = 1
  }
}

// An interrupted restore is rolled back, and the PostgreSQL started for it stops with this process.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))
await main()
