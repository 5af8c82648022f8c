/** The guide and the help on the pages are one text: what it names is there, and every page has its part of it. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { helpIn, shownGuide } from '../../admin/guide.ts'
import { scenes } from '../support/guide_scenes.ts'

const root = join(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'README.zh-CN.md'), 'utf8')
const MAX_PICTURE_BYTES = 150_000

describe('the guide', () => {
  const named = [...guide.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path)

  test.each(named)('shows %s, which is there and small', (path) => {
    expect(existsSync(join(root, path))).toBe(true)
    expect(statSync(join(root, path)).size).toBeLessThan(MAX_PICTURE_BYTES)
  })

  test('shows every picture that can be taken, and has no other', () => {
    const taken = scenes.map(({ name }) => `docs/${name}.webp`).sort()
    expect([...new Set(named)].sort()).toEqual(taken)
    expect(
      readdirSync(join(root, 'docs'))
        .filter((name) => name.endsWith('.webp'))
        .map((name) => `docs/${name}`)
        .sort(),
    ).toEqual(taken)
  })

  test('is read without its marks', () => {
    expect(shownGuide(guide)).not.toContain('<!--')
  })
})

describe('the help of a page', () => {
  const helps = helpIn(guide)

  test('says in a line what it is for, then what follows from a change, and in which section there is more', () => {
    expect(helps.size).toBeGreaterThan(10)
    for (const [page, { text, line, section }] of helps) {
      expect([page, line.length > 5 && line.length < 70, text.endsWith('。'), section !== '']).toEqual([
        page,
        true,
        true,
        true,
      ])
      expect(guide).toMatch(new RegExp(`^#{2,3} ${section}$`, 'm'))
    }
  })

  test('stands in the guide for every page of the admin', () => {
    const app = readFileSync(join(root, 'admin/App.tsx'), 'utf8')
    const pages = [...app.matchAll(/<Resource\s+name="(\w+)"/g)].map(([, name = '']) => name)
    expect(pages.length).toBeGreaterThan(10)
    // the guide itself needs none
    expect(pages.filter((page) => !helps.has(page) && page !== 'guide')).toEqual([])
  })
})
