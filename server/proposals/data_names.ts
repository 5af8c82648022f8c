/** Data names for what a file calls in Chinese: those that the built-in registers have for it, else its pinyin; none twice. */
import { type Field, type Forms, isReservedColumn, proposedName, registersOf, sameText } from '../forms/index.ts'

/** A function that names columns one after the other, never alike and none as the system calls its own. */
export function columnNamer(builtIn: Forms) {
  const used = new Set<string>()
  const isTaken = (name: string) => used.has(name) || isReservedColumn(name)
  return (label: string, type: Field['type']): string => {
    const known = knownName(builtIn, label, type)
    const name = known !== undefined && !isTaken(known) ? known : proposedName(label, isTaken)
    used.add(name)
    return name
  }
}

/** What the built-in registers call a column of this label and type. */
function knownName(builtIn: Forms, label: string, type: Field['type']): string | undefined {
  const words = sameText(label)
  return registersOf(builtIn)
    .flatMap(({ fields }) => fields)
    .find((field) => field.type === type && !field.derived && sameText(field.label) === words)?.name
}
