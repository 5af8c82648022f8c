/** The admin's page. */
import { start } from './start.ts'

void start(() => import('./main.tsx'))
