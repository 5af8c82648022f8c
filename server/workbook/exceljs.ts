/** The one door of exceljs: it draws annexes and fills one-page forms, and never reads what people upload before our own reader has. */
import ExcelJS from 'exceljs'

export { ExcelJS }
