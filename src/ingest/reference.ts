import { processors } from '../plugins/processors/index.ts'

/** The page `docs/reference/processors.md`: what ingest pipelines are made of. */
export function processorReference(): string {
  return [
    '# Processors of ingest pipelines',
    '',
    'Made from the code by `npm run docs`; do not edit. Options are those of Elasticsearch; one that a processor does not know',
    'is refused by name. Every processor takes `if`, `ignore_failure`, `on_failure`, `tag` and `description`.',
    '',
    '| Processor | Does |',
    '|---|---|',
    ...processors
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, summary }) => `| \`${name}\` | ${summary.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n')
}
