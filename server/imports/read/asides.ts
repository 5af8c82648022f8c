// What a table says of itself besides its rows, gathered while it is read and reported in one sentence each: rows that are none,
// cells that mean the cell above, numbers counted in something else.
import type { Quantity } from '../../workbook/counted.ts'
import { unclearUnits } from '../../workbook/counted.ts'
import type { Heading } from '../../workbook/heading.ts'
import type { LineKind } from '../../workbook/lines.ts'

const MAX_NAMED = 10

const sentences: Partial<Record<LineKind, string>> = {
  lone: '只有一格说明或标题，不算数据。',
  example: '是示例，没有读取。',
  struck: '整行划了删除线，没有读取。',
  unfilled: '只有编号和预先填好的内容，没有读取。',
}

/** 5、6、9—20. */
function inWords(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last && number === last[1] + 1) last[1] = number
    else runs.push([number, number])
  }
  const words = runs.map(([from, to]) =>
    from === to ? `${from}` : to === from + 1 ? `${from}、${to}` : `${from}—${to}`,
  )
  return `${words.slice(0, MAX_NAMED).join('、')}${words.length > MAX_NAMED ? '…' : ''}`
}

/** Takes what is to be reported of a table; `end` answers the sentences. */
export function asideTeller(heading: Heading) {
  const said: string[] = []
  const rows = new Map<LineKind, number[]>()
  const repeated = new Map<number, number>()
  const pictures = new Map<number, number>()
  const nothings = new Map<number, { words: string; count: number }>()
  const struck: number[] = []
  const examples = new Map<number, string>()
  const nameOf = (column: number) => heading.columns.find((each) => each.column === column)?.heading ?? ''
  const add = (counts: Map<number, number>, column: number) => counts.set(column, (counts.get(column) ?? 0) + 1)
  return {
    say: (note: string): void => void said.push(note),
    aside(kind: LineKind, number: number): void {
      if (!(kind in sentences)) return
      const known = rows.get(kind)
      if (known) known.push(number)
      else rows.set(kind, [number])
    },
    ditto: (column: number) => add(repeated, column),
    picture: (column: number) => add(pictures, column),
    nothing(column: number, words: string): void {
      nothings.set(column, { words, count: (nothings.get(column)?.count ?? 0) + 1 })
    },
    struck(_column: number, number: number): void {
      if (struck.at(-1) !== number) struck.push(number)
    },
    counted(column: number, { said: where, unit }: Quantity, text: string, value: string | number): void {
      if (!examples.has(column))
        examples.set(column, `${where}以“${unit}”计：${text} 读作 ${Number(value).toLocaleString('zh-CN')}。`)
    },
    end(): string[] {
      const unclear = unclearUnits(heading)
      return [
        ...said,
        ...examples.values(),
        ...(unclear ? [`表上写着“单位：${unclear}”，看不出哪一栏以哪个计，数字照写的读取，请核对。`] : []),
        ...[...repeated].map(([column, n]) => `“${nameOf(column)}”里的“同上”按上一行读取，共 ${n} 处。`),
        ...[...nothings].map(
          ([column, { words, count }]) => `“${nameOf(column)}”里的“${words}”按空格读取，共 ${count} 处。`,
        ),
        ...[...pictures].map(([column, n]) => `“${nameOf(column)}”里嵌了 ${n} 张图片，没有读取，图片请在表里上传。`),
        ...(struck.length > 0 ? [`第 ${inWords(struck)} 行有划了删除线的格，照样读取，请核对。`] : []),
        ...[...rows].map(([kind, numbers]) => `第 ${inWords(numbers)} 行${sentences[kind]}`),
      ]
    },
  }
}
