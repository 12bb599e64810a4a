import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compileSource } from '../src/pipeline/compile-source.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { loadOniguruma } from '../src/script/regexp/oniguruma.ts'
import { readArguments } from './harness/arguments.ts'
import { printTable } from './harness/report.ts'
import { likelyValue, whyNotRunning } from './harness/run-configuration.ts'

const help = `How many of the pipeline files in a folder load and run, and what keeps the others from it. Variables have likely values.
Those run whose plug-ins can be made and whose filters take lines; files that they name and that are not here do not count.

  --folder PATH   the folder (*.conf)`

const folder = readArguments(help, ['folder'])['folder']
if (folder === undefined) throw new Error('--folder PATH: name a folder with pipeline files')

/** `there is no input plug-in [jms]`; what the language does not allow is one reason. */
function reasonOf(error: string): string {
  const text = error.replace(/^.*?:\d+:\d+: /, '')
  const plugin = /^there is no (?:input|filter|output|codec) plug-in \[[^\]]*\]/.exec(text)
  if (plugin !== null) return plugin[0]
  return text.startsWith('[') ? text.replace(/:.*/s, '') : 'not the language'
}

await loadOniguruma()
const files = (await readdir(folder)).filter((name) => name.endsWith('.conf')).toSorted()
const reasons = new Map<string, Set<string>>()
const because = (reason: string, file: string): void => void reasons.set(reason, (reasons.get(reason) ?? new Set()).add(file))
let loaded = 0
let ran = 0
let notTheLanguage = 0
for (const file of files) {
  const source = { id: file, files: [{ name: file, text: await readFile(join(folder, file), 'utf8') }] }
  const { graph, errors } = compileSource(source, {
    tables: pluginTables,
    lenient: true,
    supportEscapes: false,
    lookUp: likelyValue,
  })
  if (graph === undefined) {
    const found = new Set(errors.map((error) => reasonOf(error.describe())))
    if (found.has('not the language')) notTheLanguage += 1
    for (const reason of found) because(reason, file)
    continue
  }
  loaded += 1
  const reason = await whyNotRunning(graph)
  if (reason === undefined) ran += 1
  else because(reason.slice(0, 80), file)
}
const share = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)} %`
printTable([
  ['pipeline files', 'count', 'share'],
  ['all', files.length, ''],
  ['load', loaded, share(loaded, files.length)],
  ['load and run', ran, share(ran, files.length)],
  ['load, of those that are in the language', loaded, share(loaded, files.length - notTheLanguage)],
])
const most = [...reasons].toSorted(([, a], [, b]) => b.size - a.size)
printTable([['what is refused', 'files'], ...most.map(([reason, names]) => [reason, names.size])])
