import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lintPipelines } from '../src/compose/pipeline-tools.ts'
import { readArguments } from './harness/arguments.ts'
import { printTable } from './harness/report.ts'

const help = `How many of the pipeline files in a folder would load, and what keeps the others from it. Variables that are not set do not.

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

const files = (await readdir(folder)).filter((name) => name.endsWith('.conf')).toSorted()
const reasons = new Map<string, Set<string>>()
let loaded = 0
let notTheLanguage = 0
for (const file of files) {
  const { errors } = await lintPipelines([join(folder, file)], { compat: 'lenient', lookUp: () => undefined })
  if (errors.length === 0) loaded += 1
  const found = new Set(errors.map(reasonOf))
  if (found.has('not the language')) notTheLanguage += 1
  for (const reason of found) reasons.set(reason, (reasons.get(reason) ?? new Set()).add(file))
}
const share = (count: number, of: number): string => `${((100 * count) / of).toFixed(1)} %`
printTable([
  ['pipeline files', 'count', 'share'],
  ['all', files.length, ''],
  ['load', loaded, share(loaded, files.length)],
  ['load, of those that are in the language', loaded, share(loaded, files.length - notTheLanguage)],
])
const most = [...reasons].toSorted(([, a], [, b]) => b.size - a.size)
printTable([['what is refused', 'files'], ...most.map(([reason, names]) => [reason, names.size])])
