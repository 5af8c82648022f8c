// How the tests run: one private PostgreSQL for all of them (tests/support/global.ts), two files at a time.
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/sequence.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    globalSetup: ['tests/support/global.ts'],
    pool: 'forks',
    // A file makes a world of its own and leaves nothing behind: the modules of the server are loaded once a worker.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // What is seen at once by hand may take its time where two files share two processors; only what hangs runs into these.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
    teardownTimeout: 30_000,
  },
})
