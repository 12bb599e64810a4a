import { reasonOf } from '../core/reason.ts'
import type { IndexContext } from '../index/index-context.ts'
import { createIndex } from '../index/operations/create-index.ts'
import { putIndexTemplate, putLegacyTemplate } from '../index/operations/put-templates.ts'
import { parseIndexTemplate, parseLegacyTemplate } from '../index/templates/parse-template.ts'
import type { RolloverSetup, StoreSetup, TemplateSetup } from '../plugins/store-setup.ts'

/** Makes what an output wants the local store to have, where it is missing. Answers why something was refused. */
export async function setUpStore(context: IndexContext, { template, rollover }: StoreSetup): Promise<readonly string[]> {
  const refused: string[] = []
  const attempt = async (what: string, make: Promise<void>): Promise<void> => {
    await make.catch((error: unknown) => refused.push(`${what}: ${reasonOf(error)}`))
  }
  if (rollover !== undefined) await attempt(`policy [${rollover.policy}]`, putPolicy(context, rollover))
  if (template !== undefined) await attempt(`template [${template.name}]`, putTemplate(context, template))
  if (rollover !== undefined) await attempt(`alias [${rollover.alias}]`, makeFirstIndex(context, rollover))
  return refused
}

async function putPolicy({ catalog, clock }: IndexContext, { policy, phases }: RolloverSetup): Promise<void> {
  if (catalog.lifecyclePolicies.has(policy)) return
  await catalog.lifecyclePolicies.put(policy, { version: 1, modifiedAt: clock.now(), policy: { phases } })
}

async function putTemplate({ catalog }: IndexContext, { kind, name, body, overwrite }: TemplateSetup): Promise<void> {
  const { indexTemplates, legacyTemplates } = catalog
  if (kind === 'composable') {
    if (overwrite || !indexTemplates.has(name)) await putIndexTemplate(catalog, name, parseIndexTemplate(body), { create: false })
  } else if (overwrite || !legacyTemplates.has(name)) {
    await putLegacyTemplate(catalog, name, parseLegacyTemplate(body), { create: false })
  }
}

/** What has the alias's name already is written to as it is. */
async function makeFirstIndex(context: IndexContext, { alias, firstIndex }: RolloverSetup): Promise<void> {
  const { catalog } = context
  if (catalog.indices.has(alias) || catalog.findAlias(alias) !== undefined) return
  await createIndex(context, { name: firstIndex, aliases: { [alias]: { is_write_index: true } } })
}
