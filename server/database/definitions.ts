/**
 * The definitions in force, asked in one place: which forms a campaign has, and what they look like in it. What PostgreSQL
 * keeps of them (app.definitions) is read whole, and again by whoever opens a transaction and finds it changed.
 */
import {
  adjusted,
  forms as builtIn,
  type CollectionTitles,
  collectionsOf,
  compileDefinition,
  type Definition,
  definitionOf,
  type FieldDefinition,
  type Form,
  type FormDefinition,
  type Forms,
  type InstalledColumn,
  isAdjustment,
  type Metric,
  metricsOf,
  quotasOf,
  registersOf,
  reopeningsOf,
  type Surroundings,
  stagesOf,
  titled,
  together,
  unitsOf,
} from '../forms/index.ts'

/** The answer of app.definitions(): designs that are published, and those retired without a successor. */
export type StoredDefinitions = {
  version: number
  designs: {
    id: number
    campaign_id: number
    name: string
    state: 'published' | 'retired'
    version: number
    definition: Definition
    /** What its columns were called in versions before, by name. */
    former: Readonly<Record<string, readonly string[]>>
  }[]
  /** All registers of the installation. */
  registers: string[]
  columns: InstalledColumn[]
  referable: string[]
  /** Names of relations that are no registers of definitions. */
  taken: string[]
  /** The kinds of units there are, in their order. */
  unit_kinds: string[]
  /** What each campaign counts, in its order. */
  metrics: (Metric & { campaign_id: number })[]
  /** What each campaign collects. */
  collections: { campaign_id: number; code: string; title: string }[]
  /** What stands before 任务分配表, by campaign. */
  plan_titles: Record<number, string>
}

export type Definitions = {
  version: number
  /**
   * The forms in force in a campaign, with the words, columns, choices and rules they have in it: the same objects as long
   * as nothing is published. Without a campaign all that this installation has, each form with every field it has in any
   * campaign: for what is found by its id alone, before its campaign is known, and for what belongs to none.
   */
  of: (campaign_id?: number | null) => Forms
  /** What a new definition of a campaign is read against. */
  around: (campaign_id: number) => Surroundings
}

type StoredDesign = StoredDefinitions['designs'][number]

type QuotaColumns = Parameters<typeof quotasOf>[0]
type CampaignFrame = {
  collections: CollectionTitles
  kinds: readonly string[]
  quotas: QuotaColumns
  planTitle?: string | undefined
}

/** What is there only where a campaign collects works. */
const ofWorks = ['collections']

/** Everything that is no register, in its order: before them, and after. Some of it names registers, kinds and metrics. */
function among(registers: readonly Form[], { kinds, quotas, planTitle }: CampaignFrame): Forms {
  const own = {
    collections: collectionsOf(registers),
    quotas: quotasOf(quotas, registers, planTitle),
    metrics: metricsOf(registers),
    stages: stagesOf(registers),
    reopenings: reopeningsOf(registers),
    units: unitsOf(kinds),
  }
  const others: Forms = { ...builtIn, ...own }
  const hasWorks = registers.some(({ flow }) => flow === 'work')
  const names = Object.keys(builtIn).filter(
    (name) => builtIn[name]?.scope !== 'unit' && (hasWorks || !ofWorks.includes(name)),
  )
  const isBefore = (name: string) => builtIn[name]?.annex !== null
  const frame = (wanted: boolean) =>
    names.filter((name) => isBefore(name) === wanted).flatMap((name) => others[name] ?? [])
  const byAnnex = [...registers].sort(
    (a, b) => (a.annex ?? Number.POSITIVE_INFINITY) - (b.annex ?? Number.POSITIVE_INFINITY) || 0,
  )
  return together([...frame(true), ...byAnnex, ...frame(false)])
}

/** What a campaign has made of a register; undefined where it is not in force. */
function inForce(
  base: Form | undefined,
  design: StoredDesign | undefined,
  collections: CollectionTitles,
): Form | undefined {
  if (!design) return base
  if (design.state === 'retired') return undefined
  const { definition, former } = design
  if (!isAdjustment(definition)) return compileDefinition(withFormer(definition, former))
  const whole = base && titled(adjusted(definitionOf(base), definition), collections)
  return whole && compileDefinition(withFormer(whole, former), base)
}

/** Columns are found under what they were called before, too: whoever kept the workbook of then sends it. */
function withFormer(definition: FormDefinition, former: StoredDesign['former']): FormDefinition {
  const fields = definition.fields.map((field) => {
    const labels = (former[field.name] ?? []).filter(
      (label) => label !== field.label && !field.synonyms?.includes(label) && !isHeading(definition, label),
    )
    return labels.length > 0 ? { ...field, synonyms: [...(field.synonyms ?? []), ...labels] } : field
  })
  return { ...definition, fields }
}
const isHeading = ({ fields }: FormDefinition, label: string) => fields.some((field) => field.label === label)

/** The last word on each register: what is published, else that it was retired. */
function decisive(designs: readonly StoredDesign[]): Map<string, StoredDesign> {
  const last = new Map<string, StoredDesign>()
  for (const design of designs) {
    const known = last.get(design.name)
    if (known?.state !== 'published' || design.state === 'published') last.set(design.name, design)
  }
  return last
}

function formsOfCampaign(designs: readonly StoredDesign[], frame: CampaignFrame): Forms {
  const last = decisive(designs)
  // those without an annex stand in the order of their names, however they came to be published
  const own = [...last.keys()].filter((name) => !(name in builtIn)).sort()
  const names = [...registersOf(builtIn).map(({ name }) => name), ...own]
  return among(
    names.flatMap((name) => inForce(builtIn[name], last.get(name), frame.collections) ?? []),
    frame,
  )
}

/** Registers as the whole installation knows them: each with every column that any campaign has given it. */
function formsOfInstallation(stored: StoredDefinitions): Forms {
  const { designs, registers, columns, unit_kinds } = stored
  const all = registers.flatMap((name) => {
    const own = designs.filter((design) => design.name === name)
    const base = builtIn[name]
    const added = new Map<string, FieldDefinition>()
    for (const column of columns)
      if (column.form === name && !base?.fields.some((field) => field.name === column.name))
        added.set(column.name, columnAlone(column))
    // a definition that is in force no more may speak of a column as it was
    for (const { definition } of own)
      for (const field of isAdjustment(definition) ? (definition.add ?? []) : definition.fields)
        if ((added.get(field.name)?.type ?? field.type) === field.type)
          added.set(field.name, { ...field, required: undefined, of: undefined })
    if (base) return compileDefinition(adjusted(definitionOf(base), { extends: name, add: [...added.values()] }), base)
    const latest = own.at(-1)?.definition as FormDefinition | undefined
    return latest ? compileDefinition({ ...latest, fields: [...added.values()], rules: [] }) : []
  })
  return among(all, { collections: new Map(), kinds: unit_kinds, quotas: quotasOfInstallation(stored) })
}

/** A column that no definition in force speaks of any more; what is stored in it stays, and so does its history. */
const columnAlone = ({ name, type, private: isPrivate, refers_to, computed }: InstalledColumn) =>
  ({
    name,
    label: name,
    type,
    private: isPrivate || undefined,
    to: refers_to ?? undefined,
    computed: computed ?? undefined,
  }) as FieldDefinition

/** Every column that quotas have, in the words of the last campaign that counts it. */
function quotasOfInstallation({ metrics, columns }: StoredDefinitions): QuotaColumns {
  const known = (builtIn.quotas?.fields ?? []).filter(({ type }) => type === 'integer').map(({ name }) => name)
  const added = columns.flatMap(({ form, name }) => (form === 'quotas' ? name : []))
  return [...new Set([...known, ...added])].map(
    (name) => metrics.findLast((metric) => metric.name === name) ?? { name, label: name, synonyms: null },
  )
}

const collectedIn = ({ collections }: StoredDefinitions, campaignId: number): CollectionTitles =>
  new Map(collections.flatMap(({ campaign_id, code, title }) => (campaign_id === campaignId ? [[code, title]] : [])))

/** Definitions of what is stored; each campaign's forms are made when they are first asked for. */
export function makeDefinitions(stored: StoredDefinitions): Definitions {
  const known = new Map<number | null, Forms>()
  const make = (campaignId: number | null): Forms => {
    const designs = stored.designs.filter((design) => design.campaign_id === campaignId)
    if (campaignId === null) return formsOfInstallation(stored)
    const quotas = stored.metrics.filter(({ campaign_id, has_quota }) => campaign_id === campaignId && has_quota)
    return formsOfCampaign(designs, {
      collections: collectedIn(stored, campaignId),
      kinds: stored.unit_kinds,
      quotas,
      planTitle: stored.plan_titles[campaignId],
    })
  }
  const of: Definitions['of'] = (campaignId = null) => {
    const forms = known.get(campaignId) ?? make(campaignId)
    known.set(campaignId, forms)
    return forms
  }
  return {
    version: stored.version,
    of,
    around: (campaignId) => ({
      forms: of(campaignId),
      builtIn,
      columns: stored.columns,
      collections: collectedIn(stored, campaignId),
      referable: new Set(stored.referable),
      taken: new Set(stored.taken),
    }),
  }
}
