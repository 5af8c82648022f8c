/** The entry of the page behind a printed QR code (/verify). */
import { start } from './start.ts'

void start(() => import('./verify.tsx'))
