import { nextQuartzTime } from '../../core/dates/quartz.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { checkDefinitionName, checkShape, objectMember, type BodyShape } from '../../index/definitions/body-shape.ts'
import type { ApiContext } from '../api-context.ts'
import { notDefined } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { required } from './documents.ts'

const PATH = '/_rollup/job/{id}'

/** Rollup jobs: kept, checked and told; nothing carries them out yet, so there is nothing rolled up to search. */
export const rollupJobRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET'], paths: ['/_rollup/job', PATH], action: 'cluster:monitor/xpack/rollup/get', handler: get },
  { methods: ['PUT'], paths: [PATH], action: 'cluster:admin/xpack/rollup/put', handler: put },
  {
    methods: ['DELETE'],
    paths: [PATH],
    action: 'cluster:admin/xpack/rollup/put',
    handler: async (request, { definitions }) => {
      const id = required(request, 'id')
      if (!(await definitions.of('rollup_job').delete(id))) throw notDefined(`the task with id [${id}] doesn't exist`)
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: [`${PATH}/_start`],
    action: 'cluster:admin/xpack/rollup/put',
    handler: (request, context) => {
      const id = existing(request, context)
      throw illegalArgument(`rollup job [${id}] cannot be started: jobs are kept and checked, and not carried out yet`)
    },
  },
  {
    methods: ['POST'],
    paths: [`${PATH}/_stop`],
    action: 'cluster:admin/xpack/rollup/put',
    params: ['timeout', 'wait_for_completion'],
    handler: (request, context) => {
      existing(request, context)
      return ok({ stopped: true })
    },
  },
  // What jobs made of indices: none has run.
  {
    methods: ['GET'],
    paths: ['/_rollup/data', '/_rollup/data/{id}', '/{index}/_rollup/data'],
    action: 'cluster:monitor/xpack/rollup/get',
    handler: () => ok({}),
  },
]

const SHAPE: BodyShape = {
  parser: 'put_rollup_job',
  members: {
    index_pattern: 'text',
    rollup_index: 'text',
    cron: 'text',
    page_size: 'number',
    groups: 'object',
    metrics: 'objects',
    timeout: 'duration',
    headers: 'object',
  },
  required: ['index_pattern', 'rollup_index', 'cron', 'page_size', 'groups'],
}

function existing(request: ApiRequest, { definitions }: ApiContext): string {
  const id = required(request, 'id')
  if (!definitions.of('rollup_job').find(id)) throw notDefined(`Task for Rollup Job [${id}] not found`)
  return id
}

function get(request: ApiRequest, { definitions }: ApiContext): Answer {
  const found = definitions.of('rollup_job').select(namesOf(request, 'id'), () => undefined)
  return ok({
    jobs: found.map(([id, { body }]) => ({
      config: { id, timeout: '20s', metrics: [], ...body },
      status: { job_state: 'stopped', upgraded_doc_id: true },
      stats: {
        pages_processed: 0,
        documents_processed: 0,
        rollups_indexed: 0,
        trigger_count: 0,
        index_failures: 0,
        index_time_in_ms: 0,
        index_total: 0,
        search_failures: 0,
        search_time_in_ms: 0,
        search_total: 0,
        processing_time_in_ms: 0,
        processing_total: 0,
      },
    })),
  })
}

async function put(request: ApiRequest, { definitions, index: { clock } }: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  checkDefinitionName('rollup job id', id)
  const jobs = definitions.of('rollup_job')
  if (jobs.find(id)) {
    throw new ElkhornError(
      'resource_already_exists_exception',
      400,
      `Cannot create rollup job [${id}] because job was previously created (existing metadata).`,
    )
  }
  const body = request.json() ?? {}
  checkShape(body, SHAPE)
  nextQuartzTime(String(body['cron']), clock.now())
  if (Number(body['page_size']) <= 0) throw illegalArgument('Parameter [page_size] is mandatory and must be a positive long')
  checkShape(objectMember(body, 'groups'), {
    parser: 'groups',
    members: { date_histogram: 'object', histogram: 'object', terms: 'object' },
    required: ['date_histogram'],
  })
  await jobs.put(id, body)
  return acknowledged
}
