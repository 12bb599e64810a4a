import { z } from 'zod'
import type { SavedKind } from './wire/saved-object.ts'

/**
 * What may be saved. Dashboards are open for members and panel types that this version does not know: they are kept and
 * given back as they came.
 */
const title = z.string().trim().min(1).max(200)
const description = z.string().max(2000).optional()

/** Grid positions beyond this are a mistake, not a layout. */
const MAX_ROWS = 10_000
const grid = z.looseObject({
  x: z.int().min(0).max(47),
  y: z.int().min(0).max(MAX_ROWS),
  w: z.int().min(1).max(48),
  h: z.int().min(1).max(1000),
})

const panel = z.looseObject({
  id: z.string().min(1).max(200),
  type: z.string().min(1).max(100),
  grid,
  config: z.looseObject({}),
})

const section = z.looseObject({
  id: z.string().min(1).max(200),
  title: z.string().max(200),
  collapsed: z.boolean().optional(),
  grid: z.looseObject({ y: z.int().min(0).max(MAX_ROWS) }),
  panels: z.array(panel).max(500),
})

const range = z.looseObject({ from: z.string().max(100), to: z.string().max(100) })

export const dashboardSchema = z.looseObject({
  title,
  description,
  tags: z.array(z.string().min(1).max(100)).max(50).optional(),
  time_range: range.optional(),
  refresh_interval: z.looseObject({ pause: z.boolean(), value: z.int().min(0) }).optional(),
  query: z.looseObject({ language: z.enum(['kql', 'lucene']), expression: z.string().max(100_000) }).optional(),
  filters: z.array(z.looseObject({})).max(200).optional(),
  options: z.looseObject({}).optional(),
  panels: z.array(z.union([section, panel])).max(500),
})

const dataViewSchema = z.looseObject({
  title,
  description,
  index_pattern: z.string().trim().min(1).max(4096),
  time_field: z.string().max(1024),
})

const searchSchema = z.strictObject({ title, description, address: z.string().max(16_384) })

export const savedObjectSchemas: Readonly<Record<SavedKind, z.ZodType>> = {
  dashboard: dashboardSchema,
  data_view: dataViewSchema,
  search: searchSchema,
}
