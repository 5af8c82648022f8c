// What our workbooks are called, the way offices name them: 附件5-合肥市总工会-2019年线下活动统计表-20190826.xlsx

/** Characters that Windows, a path or a header would choke on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const unfit = /[\\/:*?"<>|\u0000-\u001f\u007f]/g
const MAX_NAME_CHARS = 120

/** Parts that are absent are left out; `on` is 'YYYY-MM-DD'. */
export function fileName(
  parts: { annex?: string; unit?: string; title: string; on?: string },
  ending: 'xlsx' | 'docx' | 'zip' = 'xlsx',
): string {
  const said = [parts.annex, parts.unit, parts.title, parts.on?.replaceAll('-', '')]
  const name = said
    .filter((part) => part)
    .map((part) => part?.replace(unfit, '').replace(/\s+/g, '').slice(0, MAX_NAME_CHARS))
    .join('-')
  return `${name}.${ending}`
}

/** The header of a download: the name in UTF-8, and a plain one for programs that know no other. */
export function disposition(name: string, plain: string): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain.replace(/[^\w.-]/g, '')}"; filename*=UTF-8''${encoded}`
}

/** A sheet's name as Excel allows it: 31 characters, none of : \ / ? * [ ], no quote at the ends. */
export const sheetName = (name: string, number = 1) => {
  const clean = name.replace(/[:\\/?*[\]]/g, '').replace(/^'+|'+$/g, '')
  return number === 1 ? clean.slice(0, 31) : `${clean.slice(0, 26)}（${number}）`
}
