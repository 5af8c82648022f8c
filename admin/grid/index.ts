/** The grid as others import it; `grid.css` is imported beside it. */
export { dataProviderSource } from './dataProviderSource.ts'
export { Grid } from './Grid.tsx'
export type {
  Column,
  ColumnType,
  FilterEntry,
  GridHandle,
  GridProps,
  Message,
  Option,
  Reading,
  Row,
  RowAnswer,
  RowState,
  SaveAnswer,
  SaveRequest,
  SelectionSummary,
  Sort,
  Source,
  Status,
  Term,
  View,
} from './types.ts'
