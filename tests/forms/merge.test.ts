// Three-way merging on its own: the truth table of one cell, and the tokens that tell rows apart.
import { describe, expect, test } from 'vitest'
import { differing, mergeCells, unapply } from '../../server/imports/match/merge.ts'
import { readToken, tokenOf } from '../../server/workbook/tokens.ts'

describe('one cell', () => {
  // base, theirs (now), mine → what is written, or asked
  const table: [string, string | null, string | null, string | null, 'kept' | 'written' | 'asked'][] = [
    ['nobody changed it', 'a', 'a', 'a', 'kept'],
    ['only they changed it', 'a', 'b', 'a', 'kept'],
    ['only I changed it', 'a', 'a', 'b', 'written'],
    ['both, alike', 'a', 'b', 'b', 'kept'],
    ['both, differently', 'a', 'b', 'c', 'asked'],
    ['I cleared it', 'a', 'a', null, 'written'],
    ['I cleared what they changed', 'a', 'b', null, 'asked'],
    ['they cleared what I left', 'a', null, 'a', 'kept'],
    ['they cleared what I changed', 'a', null, 'c', 'asked'],
    ['both cleared it', 'a', null, null, 'kept'],
    ['I filled a blank one', null, null, 'b', 'written'],
    ['both filled a blank one', null, 'b', 'c', 'asked'],
    ['both filled it alike', null, 'b', 'b', 'kept'],
    ['they changed it and back', 'a', 'a', 'b', 'written'],
  ]
  test.each(table)('%s', (_name, base, theirs, mine, outcome) => {
    const given = { mine: { x: mine }, base: { x: base }, theirs: { x: theirs } }
    const merged = mergeCells(given)
    expect(merged.changes).toEqual(outcome === 'written' ? { x: mine } : {})
    expect(merged.conflicts).toEqual(outcome === 'asked' ? { x: { base, theirs, mine } } : {})
    // decisions concern what is asked and nothing else
    expect(mergeCells(given, () => 'mine')).toEqual({
      changes: outcome === 'kept' ? {} : { x: mine },
      conflicts: {},
    })
    expect(mergeCells(given, () => 'theirs')).toEqual({
      changes: outcome === 'written' ? { x: mine } : {},
      conflicts: {},
    })
  })

  test('a cell the file does not speak of is never touched', () => {
    expect(mergeCells({ mine: {}, base: { x: 'a' }, theirs: { x: 'b' } })).toEqual({ changes: {}, conflicts: {} })
  })

  test('without a base every difference is asked', () => {
    expect(mergeCells({ mine: { x: 1, y: 2 }, base: undefined, theirs: { x: 1, y: 3 } })).toEqual({
      changes: {},
      conflicts: { y: { base: null, theirs: 3, mine: 2 } },
    })
  })

  test('lists are compared by what is in them', () => {
    expect(mergeCells({ mine: { x: ['甲'] }, base: { x: ['甲'] }, theirs: { x: ['乙'] } }).changes).toEqual({})
    expect(differing({ x: ['甲'], y: null }, { x: ['甲'] })).toEqual([])
  })

  test('changes are taken back newest first', () => {
    expect(unapply({ id: 1, x: 'c', y: 2 }, [{ x: 'b' }, null, { x: 'a', z: 0 }])).toEqual({
      id: 1,
      x: 'a',
      y: 2,
      z: 0,
    })
  })
})

describe('a token', () => {
  const origin = { form: 'national_activities', campaign_id: 3, unit_id: 17, id: 1_027_334, version: 12 }
  test('says what it was made of', () => expect(readToken(tokenOf(origin))).toEqual(origin))
  test('is refused when anything of it was changed', () => {
    const token = tokenOf(origin)
    for (let at = 0; at < token.length; at++) {
      const other = /\d/.test(token[at] ?? '') ? String((Number(token[at]) + 1) % 10) : token[at] === 'q' ? 'r' : 'q'
      expect(readToken(token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined()
    }
    for (const text of ['', 'x', `${token}1`, `x${token}`, token.toUpperCase(), 'a'.repeat(1e6)])
      expect(readToken(text)).toBeUndefined()
    expect(readToken(` ${token}\n`)).toEqual(origin)
  })
  test('is no number to a program that counts up when a cell is dragged down', () => {
    expect(tokenOf(origin)).toMatch(/^[a-z].*[a-z]$/)
  })
})
