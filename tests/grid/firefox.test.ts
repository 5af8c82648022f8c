/** The grid in a stock Firefox, with its own keys, its own focus and its own clipboard; passed over where there is none. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firefoxPath, launchFirefox } from '../support/firefox.ts'
import { gridAddress } from '../support/shared.ts'

if (!firefoxPath) console.log('grid-firefox: no Firefox here; name one in FIREFOX')

describe.skipIf(!firefoxPath)('in Firefox', () => {
  let firefox: Awaited<ReturnType<typeof launchFirefox>>
  const cellText = (row: number, column: string) =>
    `document.querySelector('[aria-rowindex="${row + 2}"] [data-column="${column}"]')?.textContent`
  const stored = (id: number) => firefox.evaluate<Record<string, unknown>>(`memory.row(${id})`)
  const saved = () => firefox.evaluate('handle.current.flush()')
  async function open(rows: number) {
    await firefox.open(`${gridAddress()}?rows=${rows}`)
    await until(cellText(1, 'name'))
  }
  /** Asks again and again until the page says so; the test's own time is the limit. */
  async function until(expression: string) {
    while (!(await firefox.evaluate(expression))) await new Promise((later) => setTimeout(later, 50))
  }
  async function click(row: number, column: string) {
    const [x, y] = await firefox.evaluate<[number, number]>(`(() => {
      const box = document.querySelector('[aria-rowindex="${row + 2}"] [data-column="${column}"]').getBoundingClientRect()
      return [Math.round(box.left + 20), Math.round(box.top + 10)]
    })()`)
    await firefox.click(x, y)
  }

  beforeAll(async () => {
    firefox = await launchFirefox()
  })
  afterAll(async () => {
    await firefox?.close()
  })

  test('one types, moves, undoes, copies and pastes', async () => {
    await open(50_000)
    const [second, third] = [await stored(2), await stored(3)]
    await click(1, 'name')
    await firefox.type('沈静文')
    await firefox.press('Enter')
    await firefox.type('周砚')
    await firefox.press('Tab')
    await firefox.type('136 0000 4021')
    await firefox.press('Enter')
    await saved()
    expect(await stored(1)).toMatchObject({ name: '沈静文' })
    expect(await stored(2)).toMatchObject({ name: '周砚', phone: '13600004021' })
    await firefox.press('Control+z', 'Control+z')
    await saved()
    expect(await stored(2)).toMatchObject({ name: second.name, phone: second.phone })
    // Enter after Tab has gone back to the column of names, one row below.
    await click(1, 'name')
    await firefox.press('Control+c', 'ArrowDown', 'ArrowDown', 'Control+v')
    await until(`${cellText(3, 'name')} === '沈静文'`)
    await saved()
    expect(await stored(3)).toMatchObject({ name: '沈静文', phone: third.phone })
    expect(await stored(2)).toMatchObject({ name: second.name })
  })

  test('a million rows are there from end to end', async () => {
    await open(1_000_000)
    await click(1, 'name')
    await firefox.press('Control+End')
    await until(cellText(1_000_000, 'name'))
    await firefox.evaluate(`document.querySelector('.grid-scroll').scrollTo(0, 4_000_000)`)
    await until(
      `[...document.querySelectorAll('.grid-row')].some((row) => Math.abs(row.ariaRowIndex - 500_000) < 5000)`,
    )
    await firefox.press('Control+Home')
    await until(cellText(1, 'name'))
  })
})
