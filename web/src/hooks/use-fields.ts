import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { FieldsAnswer, FieldSummary } from '../../../src/ui-api/wire/fields.ts'
import { useMoment } from '../app/moment.ts'
import { loadFields } from '../data/api.ts'
import { useKept } from './use-kept.ts'
import type { Stale } from './use-kept.ts'

export interface Fields {
  readonly list: readonly FieldSummary[]
  readonly find: (name: string) => FieldSummary | undefined
  /** Indices that the names stand for. */
  readonly indices: number
  /** There are more than one answer holds. */
  readonly truncated: boolean
  readonly loading: boolean
  readonly stale: Stale | undefined
  readonly error: unknown
}

const NO_FIELDS: FieldsAnswer = { fields: [], indices: 0, truncated: false }

/** The fields of a data view. Asked again with each refresh that a person asks for, as mappings grow. */
export function useFields(index: string | undefined): Fields {
  const asked = useMoment((moment) => moment.asked)
  const answer = useQuery({
    queryKey: ['fields', index, asked],
    queryFn: ({ signal }) => loadFields(index ?? '*', signal),
    enabled: index !== undefined,
    placeholderData: (before) => before,
  })
  const { data, stale, error } = useKept(answer, String(index))
  const { isPending } = answer
  const { fields, indices, truncated } = data ?? NO_FIELDS
  return useMemo(() => {
    const byName = new Map(fields.map((field) => [field.name, field]))
    return {
      list: fields,
      find: (name) => byName.get(name),
      indices,
      truncated,
      loading: isPending && data === undefined,
      stale,
      error,
    }
  }, [fields, indices, truncated, isPending, data, stale, error])
}

export type FieldKind = 'keyword' | 'text' | 'number' | 'date' | 'boolean' | 'ip' | 'geo' | 'conflict' | 'other'

const KINDS: Readonly<Record<string, FieldKind>> = {
  keyword: 'keyword',
  constant_keyword: 'keyword',
  wildcard: 'keyword',
  flattened: 'keyword',
  text: 'text',
  match_only_text: 'text',
  long: 'number',
  integer: 'number',
  short: 'number',
  byte: 'number',
  unsigned_long: 'number',
  double: 'number',
  float: 'number',
  half_float: 'number',
  scaled_float: 'number',
  date: 'date',
  date_nanos: 'date',
  boolean: 'boolean',
  ip: 'ip',
  geo_point: 'geo',
  geo_shape: 'geo',
  conflict: 'conflict',
}

/** What a type means to a person. */
export function fieldKind(type: string): FieldKind {
  return KINDS[type] ?? 'other'
}
