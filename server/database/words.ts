/** The words of a campaign, in which sentences and papers speak of those who take part in it. */
import { sql } from 'kysely'
import type { Trx } from './connection.ts'

/** The answer of app.words(): what the campaign says itself, else what follows from its units. */
export type Words = {
  /** 安徽省总工会, 省总: the body that leads. */
  lead_name: string
  lead_short: string
  /** 省总网络工作部: whom one asks. */
  contact: string
  /** 网信办, and what that of the whole is called; null where no such unit takes part. */
  office: string | null
  office_name: string | null
  /** 各市, 市: those who report, and one of them. */
  units_called: string
  unit_called: string
  /** 全省, 省: all of them together, and on which level they are led; the level is empty where it has no word. */
  area: string
  level: string
  /** “好网民”活动“12351+” 计划: stands before 任务分配表; may be empty. */
  plan_title: string
  login_title: string
  login_text: string
  home_title: string
}

/** Of the campaign, else of the one everybody begins with. */
export async function wordsOf(trx: Trx, campaignId?: number | null): Promise<Words> {
  const found = await sql<{ words: Words }>`select app.words(${campaignId ?? null}::integer) as words`.execute(trx)
  return (found.rows[0] as { words: Words }).words
}

/** Of the campaign of a row. */
export async function wordsOfRow(trx: Trx, form: string, id: number): Promise<Words> {
  const found = await sql<{ words: Words }>`
    select app.words((select t.campaign_id from ${sql.table(form)} t where t.id = ${id})) as words`.execute(trx)
  return (found.rows[0] as { words: Words }).words
}
