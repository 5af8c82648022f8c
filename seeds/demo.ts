/**
 * A believable province on 2019-08-19, a week before the works are shortlisted: for demonstrations and for trying things
 * out. The same at every start. What it is made of is in demo/; here it is entered by its clerks and reviewed by the
 * province and the hosts through the very functions that serve a request, and then dated back into the summer.
 */
import { registers } from '../server/forms/index.ts'
import { hashPassword } from '../server/people/passwords.ts'
import { groupBy } from '../server/records/group_by.ts'
import { locks } from './campaign_2019.ts'
import { demoAccounts } from './demo/accounts.ts'
import { makeAwards, makePrizes, makeRemarks, type Prize, type Winner } from './demo/awards.ts'
import { type City, cities } from './demo/cities.ts'
import { makeDraw } from './demo/draw.ts'
import { makeAttendance, makeEvents, type Regular } from './demo/events.ts'
import { dateBack, decideAll, type EnteredRow, moveAll, type Reviewers, removeAll } from './demo/history.ts'
import { type PlannedRow, today_on } from './demo/life.ts'
import { makeOrganizations } from './demo/organizations.ts'
import { makePeople, type NextPerson } from './demo/people.ts'
import { drawPictures, type Picture, type Pictures } from './demo/pictures.ts'
import { type Home, makePropagandists } from './demo/propagandists.ts'
import { makeReach } from './demo/reach.ts'
import { type CollectionRow, makeScores, makeVotes, makeWorks } from './demo/works.ts'
import { actAs, addLinks, addRows, asOwner, hasRows, type Owner } from './owner.ts'

export { demoAccounts }

type DemoContext = {
  owner: Owner
  campaign_id: number
  /** By short name. */
  units: ReadonlyMap<string, number>
  /** By username. */
  users: ReadonlyMap<string, number>
  /** The clerk of each unit, by its id. */
  clerks: ReadonlyMap<number, number>
  collections: readonly CollectionRow[]
  pictures: Pictures
  kept: EnteredRow[]
  /** Prizes, put forward once the works are so far. */
  prizes: (Prize & { unit_id: number })[]
}

/**
 * Fills a database that has the campaign of 2019 and no account yet; otherwise does nothing. All accounts get
 * `password`, which needs no change.
 */
export function loadDemo(ownerUrl: string, password: string): Promise<void> {
  return asOwner(ownerUrl, async (owner) => {
    if (await hasRows(owner, 'users')) return
    const place = await prepare(owner, password)
    const nextPerson = makePeople()
    for (const city of cities) await enterCity(place, city, nextPerson)
    await analyze(owner) // what was entered in this transaction is unknown to the planner
    const moving = place.kept.filter(({ form, made }) => !isList(form, made))
    await judge(place) // a work is proposed once its jury has scored it
    await moveAll(owner, moving, reviewers(place))
    moving.push(...(await award(place)))
    await removeAll(owner, moving)
    await discuss(place)
    await dateBack(owner, moving)
    await owner.query('select app.fold_tally()')
    await analyze(owner)
  })
}

const analyze = (owner: Owner) => owner.query(`analyze ${registers.map(({ name }) => name)}, changes, files, votes`)

/** The campaign's day, the lock of its deadline, and the accounts. */
async function prepare(owner: Owner, password: string): Promise<DemoContext> {
  const campaigns = await owner.query(
    'update campaigns set today_on = $1, version = version + 1 where year = 2019 returning id',
    [today_on],
  )
  const campaign_id = campaigns.rows[0]?.id as number | undefined
  if (campaign_id === undefined) throw new Error('loadDemo: the campaign of 2019 must be loaded first')
  for (const [name, forms] of Object.entries(locks)) {
    await owner.query(
      'update stages set locks = $1, version = version + 1 where campaign_id = $2 and name = $3 and locks is null',
      [forms, campaign_id, name],
    )
  }
  const known = await owner.query('select id, short_name from units')
  const units = new Map(known.rows.map((row) => [row.short_name as string, row.id as number]))
  const users = await addAccounts(owner, units, password)
  const collections = await owner.query<CollectionRow>(
    'select id, code, sub_themes, medium, host_unit_id from collections where campaign_id = $1 and deleted_at is null order by code',
    [campaign_id],
  )
  const clerks = new Map(cities.map(({ name, code }) => [units.get(name) as number, users.get(code) as number]))
  return {
    owner,
    campaign_id,
    units,
    users,
    clerks,
    collections: collections.rows,
    pictures: drawPictures(),
    kept: [],
    prizes: [],
  }
}

async function addAccounts(owner: Owner, units: ReadonlyMap<string, number>, password: string) {
  const password_hash = await hashPassword(password)
  const ids = await addRows(
    owner,
    'users',
    demoAccounts.map(({ unit, ...account }) => ({
      ...account,
      unit_id: units.get(unit ?? '') ?? null,
      password_hash,
      must_change_password: false,
      created_at: '2019-05-28T09:00:00',
    })),
  )
  return new Map(demoAccounts.map(({ username }, i) => [username, ids[i] as number]))
}

/** Who reviews: the hosts what is sent to their collections, the province everything else, two people in turn. */
function reviewers({ users, clerks, collections }: DemoContext): Reviewers {
  const province = [users.get('province'), users.get('admin')] as [number, number]
  const hosts = new Map(collections.map(({ id, host_unit_id }) => [id, clerks.get(host_unit_id)]))
  return {
    province: ({ id }) => province[id % 3 ? 0 : 1],
    // nobody accepts a work of their own
    host: ({ form, made, clerk }) => {
      const host = form === 'submissions' ? hosts.get(Number(made.fields.collection_id)) : undefined
      return host === clerk ? undefined : host
    },
  }
}

// What the cities enter ---------------------------------------------------------------------------------------------

async function enterCity(place: DemoContext, city: City, nextPerson: NextPerson) {
  const unit_id = place.units.get(city.name) as number
  const clerk = place.clerks.get(unit_id) as number
  await actAs(place.owner, clerk)
  const drawFor = (form: number) => makeDraw(city.order * 100 + form)
  const reviewed_by = place.users.get('province')
  const beginning = (form: string, made: PlannedRow) => {
    if (form !== 'attendance') return {}
    const { status, created_at, submitted_at, reviewed_at } = made.life
    return isList(form, made)
      ? { status, created_at, submitted_at, submitted_by: clerk, reviewed_at, reviewed_by, updated_at: reviewed_at }
      : { ...untouched, created_at, updated_at: created_at }
  }
  const enter = async (form: string, made: readonly PlannedRow[]): Promise<number[]> => {
    const rows = made.map((each) => ({
      campaign_id: place.campaign_id,
      unit_id,
      ...each.fields,
      ...beginning(form, each),
    }))
    const ids = await addRows(place.owner, form, rows)
    for (const [i, each] of made.entries()) place.kept.push({ form, id: ids[i] as number, unit_id, clerk, made: each })
    return ids
  }

  const organizations = makeOrganizations(drawFor(1), city, nextPerson)
  const organizationIds = await enter(
    'organizations',
    organizations.map(({ made }) => made),
  )
  const homes = organizations.flatMap(({ made, employer, kind }, i): Home[] =>
    isCounted(made) ? [{ id: organizationIds[i] as number, employer, kind }] : [],
  )
  const propagandists = makePropagandists(drawFor(2), city, homes, nextPerson)
  await enter('propagandists', propagandists)

  const events = makeEvents(drawFor(3), city)
  const eventIds = await enter(
    'events',
    events.map(({ made }) => made),
  )
  const draw = drawFor(4)
  const regulars: Regular[] = []
  await enter(
    'attendance',
    events.flatMap((event, i) => makeAttendance(draw, event, eventIds[i] as number, homes, regulars, nextPerson)),
  )

  await enter('reach', makeReach(drawFor(5), city))
  const works = makeWorks(drawFor(6), city, place.collections, homes, nextPerson)
  await attachPictures(place, unit_id, works)
  const workIds = await enter('submissions', works)
  const winners = works.flatMap(({ life }, i): Winner[] =>
    ['awarded', 'nominated'].includes(life.status) ? [{ id: workIds[i] as number, status: life.status }] : [],
  )
  const best = organizations.filter(({ made }) => isCounted(made)).map(({ made }) => String(made.fields.name))
  const people = propagandists.filter(isCounted).map(({ fields }) => String(fields.name))
  await enter('awards', makeAwards(drawFor(7), city, best, people))
  place.prizes.push(...makePrizes(drawFor(8), city, winners).map((prize) => ({ ...prize, unit_id })))
}

/** The prizes of works, all of them 省总's collection's: one of the province puts them forward, the other decides. */
async function award(place: DemoContext): Promise<EnteredRow[]> {
  const { owner, users, prizes, kept } = place
  const [proposer, decider] = [users.get('admin'), users.get('province')] as [number, number]
  await actAs(owner, proposer)
  const put: EnteredRow[] = []
  for (const { work, category, made, unit_id } of prizes) {
    const done = await owner.query('select award_id, result from app.propose_prize($1, $2)', [work, category])
    if (done.rows[0]?.result !== 'done') throw new Error(`prize of ${work}: ${done.rows[0]?.result}`)
    put.push({ form: 'awards', id: done.rows[0].award_id, unit_id, clerk: proposer, made })
  }
  await decideAll(owner, [...kept.filter(({ form }) => form === 'awards'), ...put], decider)
  await moveAll(owner, put, { province: () => decider, host: () => undefined }, 'submitted')
  return put
}

/** Photographs and cases get one picture, 新旧图片对比 an old and a new one; what is filmed or online has its link; in their order, so that neighbours differ. */
async function attachPictures(
  { owner, campaign_id, collections, pictures }: DemoContext,
  unit_id: number,
  works: readonly PlannedRow[],
) {
  const codes = new Map(collections.map(({ id, code }) => [id, code]))
  const turn = <T>(list: readonly T[], n: number) => list[n % list.length] as T
  const wanted = works.flatMap((work, n) => {
    const code = codes.get(Number(work.fields.collection_id)) ?? ''
    const file = (part: string, picture: Picture) => ({ work, part, name: `${part}.png`, picture })
    if (code === 'C4') return [file('旧照', pictures.old), file('新照', turn(pictures.present, n))]
    if (code === 'C8') return [file('文稿', turn(pictures.photographs, n))]
    return code === 'C1' || code === 'C2' ? [file('主件', turn(pictures.photographs, n))] : []
  })
  const ids = await addRows(
    owner,
    'files',
    wanted.map(({ name, work, picture }) => ({
      campaign_id,
      unit_id,
      name,
      ...picture,
      created_at: work.life.created_at,
    })),
  )
  for (const [work, files] of groupBy(
    wanted.map((each, i) => ({ ...each, id: ids[i] as number })),
    (each) => each.work,
  ))
    work.fields.files = files.map(({ id, name, part }) => ({ id, name, part }))
}

/** Attendance lists, 20,000 rows, are entered as reviewed: to move each of them would take longer than all the rest. */
const isList = (form: string, made: PlannedRow) => form === 'attendance' && isCounted(made)

const untouched = { status: 'draft', submitted_at: null, submitted_by: null, reviewed_at: null, reviewed_by: null }

const isCounted = ({ life }: PlannedRow) => ['approved', 'archived'].includes(life.status)

// Juries, votes, remarks, a reopening -------------------------------------------------------------------------------

async function judge({ owner, users, collections, kept }: DemoContext) {
  const draw = makeDraw(1)
  const jurors = ['juror1', 'juror2'].map((name) => users.get(name) as number)
  const judged = collections.filter(({ code }) => ['C1', 'C5', 'C6'].includes(code))
  await actAs(owner, users.get('province') as number)
  await addLinks(
    owner,
    'jury',
    judged.flatMap(({ id }) => jurors.map((juror_id) => ({ collection_id: id, juror_id }))),
  )
  const works = kept.filter(({ form }) => form === 'submissions')
  await addLinks(
    owner,
    'votes',
    works.flatMap(({ id, made }) => makeVotes(draw, made).map((count) => ({ submission_id: id, ...count }))),
  )
  const scores = works.flatMap(({ id, made }) =>
    makeScores(draw, made, jurors).map((score) => ({ submission_id: id, ...score })),
  )
  for (const juror of jurors) {
    await actAs(owner, juror)
    await addLinks(
      owner,
      'scores',
      scores.filter(({ juror_id }) => juror_id === juror),
    )
  }
}

async function discuss({ owner, campaign_id, users, units, kept }: DemoContext) {
  const draw = makeDraw(2)
  const said = kept
    .filter(({ made }) => made.life.submitted_at && !made.life.deleted_at)
    .flatMap(({ form, id, unit_id, clerk }) =>
      makeRemarks(draw, form).map(({ by, ...remark }) => {
        const cac = unit_id === units.get('合肥') ? 'cac-hefei' : 'cac'
        const created_by = by === 'clerk' ? clerk : users.get(by === 'cac' ? cac : 'province')
        return { form, row_id: id, campaign_id, unit_id, ...remark, created_by }
      }),
    )
  for (const by of new Set(said.map(({ created_by }) => created_by as number))) {
    await actAs(owner, by)
    await addRows(
      owner,
      'comments',
      said.filter(({ created_by }) => created_by === by),
    )
  }
  // 亳州 asked for a week more to complete its events.
  await addRows(owner, 'reopenings', [
    {
      campaign_id,
      unit_id: units.get('亳州'),
      form: 'events',
      until: '2019-09-02',
      created_at: '2019-08-19T09:30:00',
      created_by: users.get('province'),
    },
  ])
}
