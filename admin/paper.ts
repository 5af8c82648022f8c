/** The page behind a printed code. */
import { start } from './start.ts'

void start(() => import('./verify.tsx'))
