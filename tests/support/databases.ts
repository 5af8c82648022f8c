/** Databases in the private PostgreSQL of the test run. Nobody drops them: it is thrown away as a whole. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** Makes an empty database, or a copy of a template, and answers its owner's address. */
export async function newDatabase(template = 'template1'): Promise<string> {
  const url = new URL(inject('ownerUrl'))
  const name = `test_${randomBytes(6).toString('hex')}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(`create database ${name} template ${template}`)
  await client.end()
  url.pathname = `/${name}`
  return url.href
}
