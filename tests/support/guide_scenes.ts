/**
 * What the pictures of the guide show: who looks at which page of the demonstration, and what is done there first. One entry a
 * picture, docs/<name>.webp; guide_pictures.ts takes them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { filesOfNotice } from './notices.ts'

/** Asks the demonstration as the person of the scene; the answer, which has to be a good one. */
export type Ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>

export type Scene = {
  name: string
  as: string
  /** The page it begins on; without one `before` says it. */
  path?: string
  height?: number
  /** What has to be there; answers the page to open where that is known only then. */
  before?: (ask: Ask) => Promise<string | undefined>
  act?: (page: Page) => Promise<unknown>
}

type Named = { id: number; short_name?: string; year?: number }
const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/workbooks', name))
const asUpload = ({ name, bytes }: { name: string; bytes: Buffer }) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: bytes,
})

/** The campaign of the next year, made where it is not yet. */
async function nextYear(ask: Ask): Promise<number> {
  const campaigns = (await ask('GET', '/campaigns')) as Named[]
  const made = campaigns.find(({ year }) => year === 2020)
  if (made) return made.id
  const from = campaigns.find(({ year }) => year === 2019)?.id
  const choices = { year: 2020, answers: { 'collection:C2': 'kept', 'collection:C3': 'kept' } }
  return ((await ask('POST', `/campaigns/${from}/next_year`, choices)) as { campaign_id: number }).campaign_id
}

export const scenes: readonly Scene[] = [
  { name: 'home-clerk', as: 'hefei', path: '/' },
  { name: 'grid', as: 'hefei', path: '/propagandists' },
  {
    name: 'import',
    as: 'hefei',
    path: '/propagandists',
    act: async (page) => {
      const chosen = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: '导入' }).first().click()
      const name = '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'
      const item = page.getByRole('menuitem', { name: /上传|工作簿/ })
      if (await item.count()) await item.first().click()
      await (await chosen).setFiles(asUpload({ name, bytes: fixture(name) }))
      await page.waitForURL(/imports\/\d/)
      await page.getByText(/核对完成/).waitFor()
    },
  },
  { name: 'home-province', as: 'province', path: '/' },
  { name: 'new-year', as: 'province', path: '/new_year' },
  {
    name: 'impersonation',
    as: 'province',
    before: async (ask) => {
      const campaign_id = await nextYear(ask)
      const units = (await ask('GET', '/units?range=[0,99]')) as Named[]
      const unit_id = units.find(({ short_name }) => short_name === '合肥')?.id
      await ask('POST', '/impersonation', { campaign_id, role: 'clerk', unit_id })
      return '/'
    },
  },
  {
    name: 'designer',
    as: 'province',
    path: '/form_designs',
    act: async (page) => {
      await page
        .getByRole('button', { name: /线下活动/ })
        .first()
        .click()
      await page.getByRole('grid').first().waitFor()
    },
  },
  {
    name: 'from-file',
    as: 'province',
    path: '/form_designs',
    act: async (page) => {
      const file = filesOfNotice('2025劳模推荐').find(({ name }) => name.endsWith('.xlsx'))
      await page.getByRole('button', { name: '从附件来' }).click()
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles(file ? [asUpload(file)] : [])
      await page.getByRole('heading', { name: /推荐/ }).first().waitFor()
    },
  },
  {
    name: 'one-page',
    as: 'province',
    path: '/form_designs?prints=propagandists',
    act: async (page) => {
      const file = filesOfNotice('2024陕西').find(({ name }) => name.startsWith('附件2'))
      await page.getByLabel('一人一份的空表').setInputFiles(file ? [asUpload(file)] : [])
      await page.getByRole('button', { name: /^手机：/ }).click()
    },
  },
  {
    name: 'from-notice',
    as: 'province',
    path: '/from_notice',
    act: async (page) => {
      await page.getByLabel(/通知和附件/).setInputFiles(filesOfNotice('2023滨海').map(asUpload))
      const days = page.getByRole('region', { name: /^日程/ })
      await days
        .getByRole('button', { name: /^看原文/ })
        .first()
        .click()
    },
  },
]
