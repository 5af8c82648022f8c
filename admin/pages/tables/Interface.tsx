/** 接口说明: what programs may ask of the system in this account, from GET /openapi.json; the document itself to take along. */
import { useQuery } from '@tanstack/react-query'
import type { ApiDocument } from '../../../server/openapi/document.ts'
import { api, get } from '../../http.ts'
import { useCampaign } from '../../me.ts'
import { Body, Button, KeptInput, Lines, Notice, Page, PageHead, Section } from '../../parts/controls.tsx'
import { download } from '../../parts/links.ts'
import { useAddress } from './address.ts'
import css from './Interface.module.css'

type Shape = {
  $ref?: string
  type?: string | string[]
  anyOf?: Shape[]
  allOf?: Shape[]
  items?: Shape
  enum?: unknown[]
  format?: string
  pattern?: string
  properties?: Record<string, Shape>
  required?: string[]
  description?: string
  maxLength?: number
  readOnly?: boolean
}

const typeWords: Record<string, string> = {
  string: '文字',
  integer: '整数',
  number: '数',
  boolean: '是否',
  object: '对象',
  null: '空',
}
const nameIn = (reference: string) => reference.split('/').at(-1) ?? ''

/** What may stand in a place, in words: 文字或空; propagandists 的列表. */
function wordsOf(shape: Shape): string {
  if (shape.$ref) return nameIn(shape.$ref)
  if (shape.anyOf) return shape.anyOf.map(wordsOf).join('或')
  if (shape.allOf) return shape.allOf.map(wordsOf).join('加')
  if (shape.type === 'array') return shape.items ? `${wordsOf(shape.items)}的列表` : '列表'
  if (shape.enum) return shape.enum.map(String).join('、')
  const words = [shape.type ?? []].flat().map((type) => typeWords[type] ?? type)
  if (shape.format === 'date') return '日期'
  return words.join('或') || '任何值'
}

/** The parts of an object: of a schema by name, or of one that stands where it is used. */
function Properties({ shape, of }: { shape: Shape; of: ApiDocument }) {
  const named = shape.$ref ? (of.components.schemas?.[nameIn(shape.$ref)] as Shape | undefined) : shape
  if (!named?.properties) return <p className="soft">{wordsOf(shape)}</p>
  return (
    <Lines className={css.properties}>
      <tbody>
        {Object.entries(named.properties).map(([name, each]) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
            </td>
            <td>{named.required?.includes(name) && <span className="red">必填</span>}</td>
            <td>{wordsOf(each)}</td>
            <td className="soft">{each.description}</td>
          </tr>
        ))}
      </tbody>
    </Lines>
  )
}

type DescribedRequest = ApiDocument['paths'][string][string]
type Listed = { method: string; path: string; operation: DescribedRequest }

const bodyOf = ({ requestBody }: DescribedRequest): Shape | undefined =>
  Object.values(requestBody?.content ?? {})[0]?.schema as Shape | undefined

function OneRequest({ method, path, operation, of }: Listed & { of: ApiDocument }) {
  const body = bodyOf(operation)
  return (
    <details className={css.request}>
      <summary>
        <b>{method.toUpperCase()}</b>
        <code>{`${api}${path}`}</code>
        <span>{operation.summary}</span>
      </summary>
      {operation.description && <p>{operation.description}</p>}
      {operation.parameters && (
        <>
          <h4>参数</h4>
          <Lines className={css.properties}>
            <tbody>
              {operation.parameters.map((each) => (
                <tr key={each.name}>
                  <td>
                    <code>{each.name}</code>
                  </td>
                  <td>{each.required && <span className="red">必填</span>}</td>
                  <td>{each.in === 'path' ? '写在地址里' : each.content ? 'JSON' : wordsOf(each.schema as Shape)}</td>
                  <td className="soft">{each.description}</td>
                </tr>
              ))}
            </tbody>
          </Lines>
        </>
      )}
      {body && (
        <>
          <h4>请求里写</h4>
          <Properties shape={body} of={of} />
        </>
      )}
      <h4>回答</h4>
      <ul>
        {Object.entries(operation.responses).map(([status, answer]) => (
          <li key={status}>
            <code>{status}</code>　{answerWords(answer, of)}
          </li>
        ))}
      </ul>
    </details>
  )
}

function answerWords(answer: DescribedRequest['responses'][string], of: ApiDocument): string {
  const { $ref } = answer as Shape
  const found = ($ref ? of.components.responses?.[nameIn($ref)] : answer) as {
    description?: string
    content?: Record<string, { schema: Shape }>
  }
  const [type, content] = Object.entries(found?.content ?? {})[0] ?? []
  const shape = $ref || !content ? '' : type === 'application/json' ? wordsOf(content.schema) : type
  return [found?.description, shape].filter(Boolean).join('　')
}

export default function Interface() {
  const campaign_id = useCampaign()?.id
  const [address, change] = useAddress()
  const at = campaign_id === undefined ? '/openapi.json' : `/openapi.json?campaign_id=${campaign_id}`
  const { data, error } = useQuery({
    queryKey: ['openapi', campaign_id],
    queryFn: () => get(at) as Promise<ApiDocument>,
  })
  if (error) return <Notice>{error.message}</Notice>
  if (!data) return <Page />
  const text = (address.q ?? '').trim().toLowerCase()
  const listed: Listed[] = Object.entries(data.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  const groups = data.tags.flatMap((tag) => {
    const all = listed.filter(({ operation }) => operation.tags.includes(tag.name))
    const found = `${tag.name} ${tag.description}`.toLowerCase().includes(text)
      ? all
      : all.filter(({ path, operation }) => `${path} ${operation.summary}`.toLowerCase().includes(text))
    return found.length > 0 ? [{ tag, found }] : []
  })
  return (
    <Page scrolls prints>
      <PageHead title="接口说明">
        <KeptInput
          small
          type="search"
          style={{ width: 180 }}
          placeholder="找请求"
          aria-label="找请求"
          kept={address.q ?? ''}
          tell={(q) => change({ q })}
        />
        <Button onClick={() => download(at)}>下载 OpenAPI 文件</Button>
      </PageHead>
      <Body className={css.interface}>
        <p className="soft">{String(data.info.description)}</p>
        {groups.map(({ tag, found }) => (
          <Section key={tag.name} title={tag.description} note={tag.name}>
            {found.map((each) => (
              <OneRequest key={`${each.method} ${each.path}`} {...each} of={data} />
            ))}
            {data.components.schemas?.[tag.name] && (
              <details className={css.request}>
                <summary>
                  <b>一行</b>
                  <code>{tag.name}</code>
                  <span>有哪些栏目</span>
                </summary>
                <Properties shape={{ $ref: tag.name }} of={data} />
              </details>
            )}
          </Section>
        ))}
        {groups.length === 0 && <p className="soft">没有这样的请求。</p>}
      </Body>
    </Page>
  )
}
