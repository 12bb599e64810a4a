import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAVEN_LIMIT_MS = 110_000

/** Where Java finds an artifact and what it needs, by way of Maven; `undefined` where there is no Java, no Maven, or nothing to load from. */
export async function findOnMaven(group: string, artifact: string, version: string): Promise<string | undefined> {
  const folder = join(tmpdir(), `elkhorn-${artifact}-${version}`)
  const file = join(folder, 'classpath')
  try {
    await run('java', ['-version'])
    if (!existsSync(file)) {
      await mkdir(folder, { recursive: true })
      await writeFile(
        join(folder, 'pom.xml'),
        `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>elkhorn</groupId><artifactId>needed</artifactId><version>1</version><dependencies><dependency>
<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency></dependencies></project>`,
      )
      await run('mvn', ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${file}`], {
        cwd: folder,
        timeout: MAVEN_LIMIT_MS,
      })
    }
    const classpath = await readFile(file, 'utf8')
    return classpath.split(':').every((jar) => existsSync(jar)) ? classpath : undefined
  } catch {
    return undefined
  }
}
