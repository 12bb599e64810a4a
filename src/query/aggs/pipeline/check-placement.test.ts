import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { parseAggregations } from '../parse-aggregations.ts'

const parse = (aggs: JsonObject): unknown => parseAggregations(aggs, { node: { aggs }, key: 'aggs', owner: '' })

const movingFn = { moving_fn: { buckets_path: '_count', window: 2, script: 'MovingFunctions.max(values)' } }
const histogram = { field: 'n', interval: 1 }
const script = { bucket_script: { buckets_path: { n: '_count' }, script: 'params.n' } }
const composite = { composite: { sources: [{ a: { terms: { field: 'k' } } }] } }

describe('what stands where it cannot be computed', () => {
  const rows: readonly { readonly aggs: JsonObject; readonly refusal: string }[] = [
    {
      aggs: { p: movingFn },
      refusal:
        "moving_fn aggregation [p] must have a histogram, date_histogram or auto_date_histogram as parent but doesn't have a parent",
    },
    { aggs: { t: { terms: { field: 'k' }, aggs: { p: movingFn } } }, refusal: 'moving_fn aggregation [p] must have a histogram' },
    {
      aggs: { h: { histogram: { ...histogram, min_doc_count: 1 }, aggs: { p: movingFn } } },
      refusal: 'parent histogram of moving_fn aggregation [p] must have min_doc_count of 0',
    },
    { aggs: { p: script }, refusal: 'bucket_script aggregation [p] must be declared inside of another aggregation' },
    {
      aggs: { p: { max_bucket: { buckets_path: 'x>y' } } },
      refusal: 'buckets_path aggregation does not exist for aggregation [p]: x>y',
    },
    {
      aggs: { m: { missing: { field: 'k' } }, p: { max_bucket: { buckets_path: 'm' } }, q: script },
      refusal: '1: The first aggregation in buckets_path must be a multi-bucket aggregation for aggregation [p]',
    },
    {
      aggs: { t: { terms: { field: 'k' }, aggs: { c: composite } } },
      refusal: '[composite] aggregation cannot be used with a parent aggregation of type: [TermsAggregatorFactory]',
    },
    {
      aggs: { t: { terms: { field: 'k' }, aggs: { f: { filter: { match_all: {} }, aggs: { c: composite } } } } },
      refusal: '[composite] aggregation cannot be used with a parent aggregation of type: [TermsAggregatorFactory]',
    },
  ]
  for (const { aggs, refusal } of rows) {
    test(`${JSON.stringify(aggs)} is refused`, () => expect(() => parse(aggs)).toThrow(refusal))
  }
})

describe('what stands where it can be computed', () => {
  const rows: readonly JsonObject[] = [
    { h: { histogram, aggs: { p: movingFn } } },
    { t: { terms: { field: 'k' }, aggs: { p: script } } },
    {
      f: { filter: { match_all: {} }, aggs: { t: { terms: { field: 'k' } } } },
      p: { max_bucket: { buckets_path: 'f>t>_count' } },
    },
    { c: composite, p: { max_bucket: { buckets_path: 'c>_count' } } },
    { f: { filter: { match_all: {} }, aggs: { c: composite } } },
  ]
  for (const aggs of rows) test(`${JSON.stringify(aggs)} is taken`, () => expect(() => parse(aggs)).not.toThrow())
})
