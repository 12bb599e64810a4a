import type { DistanceMode } from '../../../query/distance-mode.ts'
import { type Sql, sql } from '../sql.ts'

/** The one of several distances that counts; `distances` is an array. */
export const distanceOf = (distances: Sql, mode: DistanceMode): Sql => OF_SEVERAL[mode](distances)

const OF_SEVERAL: Readonly<Record<DistanceMode, (all: Sql) => Sql>> = {
  min: (all) => sql`arrayMin(${all})`,
  max: (all) => sql`arrayMax(${all})`,
  avg: (all) => sql`arrayAvg(${all})`,
  sum: (all) => sql`arraySum(${all})`,
  median: (all) => sql`arrayReduce('quantileExactInclusive(0.5)', ${all})`,
}
