/** Databases of an earlier version that hold rows: what a migration makes of them. */
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { appliedTo, applyMigration, migrate, migrations, prepare } from '../../db/migrate.ts'
import { newDatabase } from '../support/databases.ts'

const open: pg.Client[] = []
afterAll(() => Promise.all(open.map((client) => client.end())))

/** A database as it was before the migration of this name, with the rows of `sql` in it. */
async function before(name: string, sql: string) {
  const url = await newDatabase()
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  open.push(owner)
  await prepare(owner)
  await appliedTo(owner)
  for (const file of migrations().filter((each) => each.name < name)) await applyMigration(owner, file)
  await owner.query(sql)
  await owner.query('select pg_advisory_unlock_all()')
  const rows = async (text: string) => (await owner.query({ text, rowMode: 'array' })).rows.map(([row]) => row)
  return { url, rows }
}

describe('kinds of units', () => {
  test('those that units have become rows, and their units keep them', async () => {
    const { url, rows } = await before(
      '021_units.sql',
      `insert into units (name, short_name, kind) values
         ('合肥市总工会', '合肥', '市总工会'), ('安徽省总工会', '省总', '省总'), ('淮北市总工会', '淮北', '市总工会');`,
    )
    await migrate(url)
    expect(await rows('select row(name, duty)::text from unit_kinds order by position')).toEqual([
      '(市总工会,)',
      '(省总,leads)',
    ])
    expect(await rows('select kind from units order by id')).toEqual(['市总工会', '省总', '市总工会'])
  })
})

describe('stages and reopenings by form', () => {
  test('what was locked by annex is locked by form, and so the history says', async () => {
    const { url, rows } = await before(
      '020_locks.sql',
      `insert into campaigns (year, name, starts_on, ends_on) values (2019, '活动', '2019-06-01', '2019-11-30');
       insert into units (name, short_name, kind) values ('合肥市总工会', '合肥', '市总工会');
       insert into users (username, name, role, unit_id, password_hash) values ('a', 'a', 'province', 1, 'x');
       insert into stages (campaign_id, position, name, starts_on, ends_on, locks) values
         (1, 1, '入围', '2019-06-01', '2019-08-26', '{附件5,附件3}'), (1, 2, '启动', '2019-06-01', '2019-08-26', null);
       insert into reopenings (campaign_id, unit_id, annex, until, reason) values (1, 1, '附件4', '2019-09-01', '附件4晚到');
       insert into changes (form, row_id, action, before, after) values
         ('reopenings', 1, 'update', '{"annex": "附件5"}', '{"annex": "附件4"}'),
         ('stages', 1, 'update', '{"locks": null, "name": "附件3"}', '{"locks": ["附件5", "附件3"], "name": "入围"}'),
         ('events', 1, 'update', '{"annex": "附件5"}', null);
       insert into changes (form, row_ids, first_row, last_row, action, columns, rows) values
         ('reopenings', '{[1,2)}', 1, 2, 'create', '{id,annex,until,reason}', '{"(1,附件4,2019-09-01,附件4晚到)"}');
       insert into views (owner_id, form, name, layout) values (1, 'reopenings', 'v', '{"order": ["annex"]}');`,
    )
    await migrate(url)
    expect(await rows('select locks from stages order by id')).toEqual([['events', 'organizations'], null])
    expect(await rows('select row(form, reason, version)::text from reopenings')).toEqual([
      '(propagandists,附件4晚到,1)',
    ])
    expect(
      await rows('select json_build_array(before, after) from changes where row_id is not null order by id'),
    ).toEqual([
      [{ form: 'events' }, { form: 'propagandists' }],
      [
        { locks: null, name: '附件3' },
        { locks: ['events', 'organizations'], name: '入围' },
      ],
      [{ annex: '附件5' }, null],
    ])
    expect(await rows('select row(columns, rows)::text from changes where row_id is null')).toEqual([
      '("{id,form,until,reason}","{""(1,propagandists,2019-09-01,附件4晚到)""}")',
    ])
    expect(await rows('select layout from views')).toEqual([{ order: ['form'] }])
  })
})

describe('scores by item', () => {
  test('marks that were columns are items, totals stay to the decimal, and nothing else of a score moves', async () => {
    const { url, rows } = await before(
      '026_scoring.sql',
      `insert into campaigns (year, name, starts_on, ends_on) values (2019, '活动', '2019-06-01', '2019-11-30');
       insert into units (name, short_name, kind) values ('合肥市总工会', '合肥', '市总工会');
       insert into users (username, name, role, unit_id, password_hash) values
         ('a', 'a', 'juror', null, 'x'), ('b', 'b', 'juror', null, 'x');
       insert into collections (campaign_id, code, title, medium, host_unit_id) values (1, 'C1', '摄影', '图片', 1);
       insert into submissions (campaign_id, unit_id, collection_id, title, author, author_workplace, phone, is_original, status, deleted_at)
         select 1, 1, 1, '作品' || n, '作者', '单位', '19900000000', true, status, deleted
         from (values (1, 'under_review', null), (2, 'awarded', null), (3, 'void', null), (4, 'draft', now())) w (n, status, deleted);
       insert into jury (collection_id, juror_id) values (1, (select id from users where username = 'a'));
       insert into scores (submission_id, juror_id, theme, craft, appeal, opinion, scored_at)
         select s.id, u.id, m.theme, m.craft, m.appeal, m.opinion, '2019-09-01T08:00:00Z'
         from (values ('作品1', 'a', 0, 0, 0, null), ('作品2', 'a', 77, 78, 79, '好'), ('作品2', 'b', 100, 100, 100, ''),
           ('作品3', 'a', 88, 61, 3, null), ('作品4', 'b', 1, 2, 3, '撤回过')) m (title, juror, theme, craft, appeal, opinion)
         join submissions s on s.title = m.title join users u on u.username = m.juror;`,
    )
    const kept =
      'select json_build_array(submission_id, juror_id, total, opinion, scored_at) from scores order by submission_id, juror_id'
    const [scores, changes] = [await rows(kept), await rows('select count(*)::integer from changes')]
    const marks = await rows(
      'select json_build_array(theme, craft, appeal) from scores order by submission_id, juror_id',
    )
    expect(marks).toHaveLength(5)
    await migrate(url)
    expect(await rows(kept)).toEqual(scores)
    expect(await rows('select items from scores order by submission_id, juror_id')).toEqual(
      marks.map(([theme, craft, appeal]) => ({ theme, craft, appeal })),
    )
    // the total that was a column of its own is that of the items now
    expect(
      await rows('select total = app.weighted(items, app.standard_items()) from scores order by submission_id'),
    ).toEqual(marks.map(() => true))
    expect(await rows('select count(*)::integer from changes')).toEqual(changes)
  })
})
