import { ElkhornError } from '../../../../core/errors.ts'

/** As Elasticsearch words it (MultiBucketConsumerService). */
export function tooManyBuckets(limit: number): ElkhornError {
  return new ElkhornError(
    'too_many_buckets_exception',
    400,
    `Trying to create too many buckets. Must be less than or equal to: [${limit}] but was [${limit + 1}]. ` +
      'This limit can be set by changing the [search.max_buckets] cluster level setting.',
    { details: { max_buckets: limit } },
  )
}
