// The token that an exported row carries in a hidden column: which record it is and at which version it was taken, so that
// the workbook, edited and uploaded again, can be merged. It guards against accidents (a row pasted into another unit's
// table, digits counted up by dragging), not against people: what one may write PostgreSQL decides.

import type { FormColumn } from '../forms/paper/columns.ts'

/** Where a row comes from: the record, and its version when it was exported. `unit_id` is 0 where a form has no units. */
export type Origin = { form: string; campaign_id: number; unit_id: number; id: number; version: number }

/** The heading of the hidden column. */
export const token_heading = '行标识（请勿改动）'
/** The hidden sheet of a table of errors; its first cell names the import it belongs to. */
export const mark_sheet = '_haowangmin'
/** The heading of the column that says which row of an earlier upload a row is; see patch.ts. */
export const place_heading = '原行号（请勿改动）'

/** No vowels, so that no words come about, and no digits: dragging a cell down counts trailing digits up. */
const letters = 'bcdfghjkmnpqrstvwxyz'
const CHECK_CHARS = 4
const MAX_TOKEN_CHARS = 100
/** The form's name is any that a definition may have. */
const shape = /^([a-z][a-z0-9_]{1,40})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.([a-z]{4})$/

const mixed = (sum: number, number: number) =>
  Math.imul(Math.imul(sum ^ (number & 0xffff), 0x01000193) ^ (number >>> 16), 0x01000193)

/** FNV over what the rows of one unit share. */
function seedOf(form: string, campaignId: number, unitId: number): number {
  let sum = 0x811c9dc5
  for (let at = 0; at < form.length; at++) sum = Math.imul(sum ^ form.charCodeAt(at), 0x01000193)
  return mixed(mixed(sum, campaignId), unitId)
}

function checkOf(seed: number, id: number, version: number): string {
  let sum = mixed(mixed(seed, id), version)
  sum = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  let rest = (sum ^ (sum >>> 13)) >>> 0
  let check = ''
  for (let n = 0; n < CHECK_CHARS; n++) {
    check += letters[rest % letters.length]
    rest = Math.floor(rest / letters.length)
  }
  return check
}

/** events.1.5.1027.3.kqzf */
export const tokenOf = (origin: Origin): string => tokenWriter(origin.form)(origin)

/** A function that makes tokens of one form, a million of them if need be. */
function tokenWriter(form: string): (origin: Omit<Origin, 'form'>) => string {
  let campaign = -1
  let unit = -1
  let seed = 0
  let head = ''
  return ({ campaign_id, unit_id, id, version }) => {
    if (campaign_id !== campaign || unit_id !== unit) {
      campaign = campaign_id
      unit = unit_id
      seed = seedOf(form, campaign, unit)
      head = `${form}.${campaign}.${unit}.`
    }
    return `${head}${id}.${version}.${checkOf(seed, id, version)}`
  }
}

/** The hidden column of a form in which each row says which record it is: its values are [campaign, unit, id, version]. */
export function tokenColumn({ name }: { name: string }): FormColumn {
  const write = tokenWriter(name)
  return {
    source: { from: 'token' },
    column: { heading: token_heading, width: 12, kind: 'text', align: 'left', hidden: true },
    print(value) {
      const [campaignId, unitId, id, version] = value as unknown as readonly (number | null)[]
      return write({ campaign_id: campaignId ?? 0, unit_id: unitId ?? 0, id: id ?? 0, version: version ?? 0 })
    },
  }
}

/** What a token says, or undefined where it is none or has been changed. */
export function readToken(text: string): Origin | undefined {
  const found = text.length <= MAX_TOKEN_CHARS ? shape.exec(text.trim()) : null
  if (!found) return undefined
  const [, form = '', ...rest] = found
  const [campaignId = 0, unitId = 0, id = 0, version = 0] = rest.slice(0, 4).map(Number)
  if (rest[4] !== checkOf(seedOf(form, campaignId, unitId), id, version)) return undefined
  return { form, campaign_id: campaignId, unit_id: unitId, id, version }
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** The hidden sheet of a table of errors. */
export const markXml = (importId: number): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${main}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{"import":${importId}}</t></is></c></row></sheetData></worksheet>`
