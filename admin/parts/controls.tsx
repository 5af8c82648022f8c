/** The generic controls by their names, for pages: what each is stands beside it. */
export * from './buttons.tsx'
export * from './choosing.tsx'
export * from './fields.tsx'
export * from './page.tsx'
