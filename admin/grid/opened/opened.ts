/** What is opened only now and then, loaded when the grid has been at rest for a while. */
export { Calendar } from './Calendar.tsx'
export { CellHistory } from './CellHistory.tsx'
export { FindBar } from './FindBar.tsx'
