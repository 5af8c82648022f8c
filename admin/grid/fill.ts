/**
 * Continues a run of texts the way a spreadsheet's fill handle does: numbers and dates by their step, texts with a number
 * in them by one, anything else by repeating. Pure, on texts as they are shown.
 */
const NUMBER = /^-?\d{1,15}(\.\d+)?$/
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const COUNTED = /^(.*?)(\d{1,9})(\D*)$/s
const DAY = 86_400_000

/** `count` further texts after the given ones; a single number or phone is repeated, as Excel does. */
export function continueSeries(texts: readonly string[], count: number): string[] {
  const next = seriesOf(texts)
  return Array.from({ length: count }, (_, at) => next(at))
}

function seriesOf(texts: readonly string[]): (at: number) => string {
  const repeat = (at: number) => texts[at % texts.length] ?? ''
  const last = texts.at(-1) ?? ''
  const dates = texts.map(dayOf)
  if (dates.every((day) => day !== null)) {
    const step = stepOf(dates) ?? 1
    return (at) => printDay((dates.at(-1) ?? 0) + step * (at + 1))
  }
  if (texts.length > 1 && texts.every((text) => NUMBER.test(text))) {
    const numbers = texts.map(Number)
    const step = stepOf(numbers)
    const digits = Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0))
    if (step !== null) return (at) => ((numbers.at(-1) ?? 0) + step * (at + 1)).toFixed(digits)
  }
  const counted = texts.map((text) => COUNTED.exec(text))
  const [, before = '', digits = '', after = ''] = counted.at(-1) ?? []
  const alike = counted.every((match) => match && match[1] === before && match[3] === after && before + after !== '')
  if (!alike || NUMBER.test(last)) return repeat
  const numbers = counted.map((match) => Number(match?.[2]))
  const step = stepOf(numbers) ?? 1
  return (at) => {
    const number = (numbers.at(-1) ?? 0) + step * (at + 1)
    return number < 0
      ? repeat(at)
      : before + String(number).padStart(digits.startsWith('0') ? digits.length : 1, '0') + after
  }
}

/** The common difference, or null when there is none. */
function stepOf(numbers: readonly number[]): number | null {
  if (numbers.length < 2) return null
  const step = (numbers[1] ?? 0) - (numbers[0] ?? 0)
  const even = numbers.every((number, at) => at === 0 || Math.abs(number - (numbers[at - 1] ?? 0) - step) < 1e-9)
  return even ? step : null
}

function dayOf(text: string): number | null {
  const match = DATE.exec(text)
  return match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY : null
}

function printDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}
