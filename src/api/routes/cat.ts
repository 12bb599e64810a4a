import type { ApiContext } from '../api-context.ts'
import { aliases } from '../cat/aliases.ts'
import { catRoute } from '../cat/cat-route.ts'
import { componentTemplates } from '../cat/component-templates.ts'
import { count } from '../cat/count.ts'
import { fielddata } from '../cat/fielddata.ts'
import { health } from '../cat/health.ts'
import { indices } from '../cat/indices.ts'
import { pendingTasks } from '../cat/pending-tasks.ts'
import { plugins } from '../cat/plugins.ts'
import { recovery } from '../cat/recovery.ts'
import { segments } from '../cat/segments.ts'
import { shards } from '../cat/shards.ts'
import { templates } from '../cat/templates.ts'
import type { Route } from '../http/route.ts'

/** `_cat`: the tables of indices and of what is about them; a table is a file in `../cat/`. */
export const catRoutes: readonly Route<ApiContext>[] = [
  catRoute(['/_cat/aliases', '/_cat/aliases/{name}'], 'indices:admin/aliases/get', aliases),
  catRoute(['/_cat/indices', '/_cat/indices/{index}'], 'indices:monitor/stats', indices, ['health', 'include_unloaded_segments']),
  catRoute(['/_cat/health'], 'cluster:monitor/health', health),
  catRoute(['/_cat/count', '/_cat/count/{index}'], 'indices:data/read/search', count),
  catRoute(['/_cat/shards', '/_cat/shards/{index}'], 'indices:monitor/stats', shards),
  catRoute(['/_cat/templates', '/_cat/templates/{name}'], 'indices:admin/template/get', templates),
  catRoute(
    ['/_cat/component_templates', '/_cat/component_templates/{name}'],
    'cluster:admin/component_template/get',
    componentTemplates,
  ),
  catRoute(['/_cat/pending_tasks'], 'cluster:monitor/task', pendingTasks),
  catRoute(['/_cat/plugins'], 'cluster:monitor/nodes/info', plugins, ['include_bootstrap']),
  catRoute(['/_cat/recovery', '/_cat/recovery/{index}'], 'indices:monitor/recovery', recovery, [
    'active_only',
    'detailed',
    'index',
  ]),
  catRoute(['/_cat/segments', '/_cat/segments/{index}'], 'indices:monitor/segments', segments),
  catRoute(['/_cat/fielddata', '/_cat/fielddata/{fields}'], 'cluster:monitor/nodes/stats', fielddata, ['fields']),
]
