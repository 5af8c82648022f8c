/** What Excel, WPS and LibreOffice put on the clipboard and take from it; input methods outside the cells. */
import { expect, test } from 'vitest'
import { type Fixture, gridDesk } from '../support/grid_desk.ts'

const { page, open, cell, shiftClick, press, type, stored, status, saved, paste, copied, composeKey, compose, insert } =
  gridDesk()

const said = () => page().locator('.grid-said').textContent()
const excel = (rows: string) =>
  `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td{mso-number-format:General}</style></head><body><table border=0 cellpadding=0><col width=72 span=3><!--StartFragment-->${rows}<!--EndFragment--></table></body></html>`

test('a cell merged down holds for each of its rows, one merged across stands once, line breaks stay', async () => {
  await cell(9, 'post').click()
  await paste(
    '一厂\t抖音\r\n\t微博\r\n',
    excel(
      '<tr><td rowspan=2 class=xl65>一厂<br style="mso-data-placement:same-cell;">宣传科</td><td>抖音</td></tr><tr><td>微博</td></tr><tr><td colspan=2>二厂</td></tr>',
    ),
  )
  await saved()
  expect(await stored(9)).toMatchObject({ post: '一厂\n宣传科', account: '抖音' })
  expect(await stored(10)).toMatchObject({ post: '一厂\n宣传科', account: '微博' })
  expect(await stored(11)).toMatchObject({ post: '二厂', account: null })
})

test('a long number a narrow column showed as 1.38E+10 or ##### is taken from the HTML flavour', async () => {
  await cell(1, 'phone').click()
  await paste(
    '1.38E+10\r\n#######\r\n',
    excel('<tr><td sdval="13800001027">1.38E+10</td></tr><tr><td x:num="13800001316">#######</td></tr>'),
  )
  await saved()
  expect([(await stored(1))?.phone, (await stored(2))?.phone]).toEqual(['13800001027', '13800001316'])
})

test('phones leave as text, numbers and dates as numbers and dates', async () => {
  await cell(1, 'phone').click()
  await shiftClick(1, 'fans')
  const { plain, html } = await copied()
  expect(plain.split('\t')[0]).toBe('13000001000')
  const cells = [...html.matchAll(/<td([^>]*)>([^<]*)/g)].map(([, format = '', text]) => [text, format.includes('@')])
  expect(cells[0]).toEqual(['13000001000', true])
  expect(cells.at(-1)).toEqual(['640', false])
  expect(cells[2]).toEqual(['1975-01-01', false])
})

test('cut takes the texts along and empties the cells; a block tiles a larger selection', async () => {
  await cell(1, 'note').click()
  await type('甲')
  await press('Enter')
  await type('乙')
  await press('Enter', 'ArrowUp', 'ArrowUp')
  await shiftClick(2, 'note')
  const { plain } = await copied('cut')
  await saved()
  expect([plain, (await stored(1))?.note]).toEqual(['甲\n乙', null])
  await cell(8, 'note').click()
  await shiftClick(11, 'note')
  await paste(plain)
  await saved()
  expect(await Promise.all([8, 9, 10, 11].map(async (id) => (await stored(id))?.note))).toEqual([
    '甲',
    '乙',
    '甲',
    '乙',
  ])
})

test('what stands in hidden columns is left alone, and said; columns beyond the last one too', async () => {
  await page().getByRole('button', { name: '性别的菜单' }).click()
  await page().getByRole('menuitem', { name: /^隐藏/ }).click()
  await page().waitForFunction(() => !document.querySelector('[data-column="gender"]'))
  const before = await stored(1)
  await cell(1, 'phone').click()
  await paste('13800001027\t1990-05-01')
  await saved()
  expect(await stored(1)).toMatchObject({ phone: '13800001027', born_on: '1990-05-01', gender: before?.gender })
  expect(await said()).toBe('隐藏的“性别”没有粘贴。')
  await page().evaluate(() => document.querySelector('.grid-scroll')?.scrollTo(9999, 0))
  await cell(1, 'note').click()
  await paste('甲\t乙\t丙')
  await saved()
  expect(await said()).toContain('右边多出的 1 列没有粘贴')
  expect(await said()).toContain('跳过了 1 个只读格')
})

test('names of records are resolved by the list, or refused in their cell with a sentence', async () => {
  await cell(1, 'union_id').click()
  await paste('合肥市望湖医院工会\n没有这个工会')
  await saved()
  expect(await stored(1)).toMatchObject({ union_id: 4 })
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.faulty === 1)
  await cell(2, 'union_id').click()
  expect(await page().locator('.grid-bubble.bad').textContent()).toContain('附件3里没有“没有这个工会”。')
})

test('10,000 rows of 20 cells are pasted, undone and never freeze the page for long', async () => {
  await open(12_000, 20)
  await cell(1, 'more_1').click()
  const told = await page().evaluate(async () => {
    const row = (at: number) => Array.from({ length: 20 }, (_, column) => `第${at}行${column}`).join('\t')
    const data = new DataTransfer()
    data.setData('text/plain', Array.from({ length: 10_000 }, (_, at) => row(at)).join('\r\n'))
    const gaps: number[] = []
    let last = performance.now()
    let going = true
    const tick = () => {
      gaps.push(performance.now() - last)
      last = performance.now()
      if (going) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    const start = performance.now()
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
    const first = () => document.querySelector('[aria-rowindex="3"] [data-column="more_1"]')?.textContent
    while (!first()?.includes('第0行')) await new Promise(requestAnimationFrame)
    const shown = performance.now() - start
    await (window as unknown as Fixture).handle.current.flush()
    going = false
    return { shown, done: performance.now() - start, longest: Math.max(...gaps) }
  })
  expect((await stored(10_000))?.more_20).toBe('第9999行19')
  // Pasted in one go, it would stand still for nearly all the time it takes; how long that is is the bench's to hold.
  expect(told.longest).toBeLessThan(told.done / 2)
  await press('Control+z')
  await saved()
  expect((await stored(10_000))?.more_20 ?? null).toBeNull()
})

test('more rows than a gesture takes are not pasted by halves', async () => {
  await cell(1, 'note').click()
  await paste('甲\n'.repeat(10_001))
  expect(await said()).toBe('剪贴板里有 10,001 行，一次最多粘贴 10,000 行。更多的请存成文件导入。')
})

test('an input method in a filter cell looks for words, not for the letters they are typed by', async () => {
  const before = (await status()).total
  await page().getByRole('textbox', { name: '筛选姓名' }).click()
  for (const letters of ['y', 'ye', 'ye yu']) {
    await composeKey('Process')
    await compose(letters)
  }
  await page().waitForTimeout(600)
  expect((await status()).total).toBe(before)
  expect(await page().getByRole('textbox', { name: '筛选姓名' }).inputValue()).toBe('ye yu')
  await insert('叶雨桐')
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.total < 5000)
  expect(await page().getByRole('textbox', { name: '筛选姓名' }).inputValue()).toBe('叶雨桐')
})

test('numbers say what they will become while they are typed, and what is wrong once one pauses', async () => {
  await cell(1, 'fans').click()
  await type('12,000')
  const hint = page().locator('.grid-becoming')
  await press('Escape')
  await cell(1, 'born_on').click()
  await type('1990.5')
  expect(await hint.textContent()).toBe('= 1990-05-01')
  await press('Escape')
  await cell(1, 'phone').click()
  await type('138')
  expect(await hint.count()).toBe(0)
  await page().locator('.grid-becoming.bad').waitFor()
  expect(await hint.textContent()).toBe('手机号应是 11 位，现在是 3 位。')
})
