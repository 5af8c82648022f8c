/** The grid under a finger. */
import { expect, test } from 'vitest'
import { gridDesk } from '../support/grid_desk.ts'

const { page: at, open, cell, active, stored, saved, pan, tapTwice } = gridDesk({ hasTouch: true })

const ROW = 32

/** The pixel of the list at the upper edge, by the row that stands there. */
const top = () =>
  at().evaluate(() => {
    const pane = document.querySelector('.grid-scroll')?.getBoundingClientRect().top ?? 0
    const [first] = document.querySelectorAll('.grid-row')
    const index = Number(first?.getAttribute('aria-rowindex')) - 2
    return index * 32 - 32 - ((first?.getBoundingClientRect().top ?? 0) - pane)
  })
const still = () => at().waitForTimeout(400)
const MIDDLE = { x: 600, y: 400 }

test('a tap selects, two taps edit, and a finger that moves scrolls without selecting', async () => {
  await cell(3, 'post').tap()
  expect(await active()).toEqual([3, '工作单位及职务'])
  await pan(200, MIDDLE)
  await still()
  expect(Math.abs((await top()) - 200)).toBeLessThan(ROW)
  expect(await active()).toEqual([3, '工作单位及职务'])
  await pan(-300, { x: 600, y: 250 })
  await still()
  expect(await top()).toBe(0)
  for (const [busy, name] of [
    [0, '沈静文'],
    [200, '顾长风'],
  ] as const) {
    // a browser takes two taps for a double one only when they come soon after each other, which a busy machine may not manage
    for (let tries = 0, isEdited = false; !isEdited && tries < 8; tries += 1) {
      await tapTwice(2, 'name', busy)
      const editing = at().waitForSelector('.grid-active.editing', { state: 'attached', timeout: 2_000 })
      isEdited = await editing.then(Boolean, () => false)
    }
    await at().keyboard.press('Control+A')
    await at().keyboard.type(name)
    await at().keyboard.press('Enter')
    await saved()
    expect(await stored(2)).toMatchObject({ name })
  }
})

test('rows stay under the finger among a million, too, and both ends are reached', async () => {
  await open(1_000_000)
  const bar = (to: number) => at().evaluate((to) => document.querySelector('.grid-scroll')?.scrollTo(0, to), to)
  for (const place of [3_000_000, 6_000_000]) {
    await bar(place)
    await still()
    const before = await top()
    await pan(250, MIDDLE)
    await still()
    expect(Math.abs((await top()) - before - 250)).toBeLessThan(ROW)
    await pan(-250, { x: 600, y: 250 })
    await still()
    expect(Math.abs((await top()) - before)).toBeLessThan(ROW)
  }
  await bar(9_000_000)
  await at().waitForSelector('[aria-rowindex="1000002"]')
  await still()
  const end = await top()
  await pan(250, MIDDLE)
  await still()
  expect(await top()).toBe(end)
  await pan(-250, { x: 600, y: 250 })
  await still()
  expect(Math.abs((await top()) - end + 250)).toBeLessThan(ROW)
  await bar(0)
  await cell(1, 'name').waitFor()
  expect(await top()).toBe(0)
})
