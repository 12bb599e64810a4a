import { nearestName } from '../core/nearest.ts'
import type { Plant } from './plant.ts'

/** Something that goes wrong because somebody switched it on. */
export interface Fault {
  readonly kind: FaultKind
  /** What it happens to: a machine, a device or a line. */
  readonly target: string
}

export const faultKinds = {
  bearing: 'the outer ring of a bearing breaks up within minutes: bearing:press-07',
  drift: 'a temperature sensor reads more and more too high: drift:dev-40',
  clone: 'a second device uses the id of another from somewhere else: clone:dev-12',
  offline: 'everything on a line, or one device, falls silent: offline:line-3',
  stuck: 'a sensor repeats its last reading: stuck:dev-5',
} as const

export type FaultKind = keyof typeof faultKinds

export const printFault = ({ kind, target }: Fault): string => `${kind}:${target}`

/** As a person says it: what a bearing breaks in is the machine, not the sensor on it. */
export function nameFault({ kind, target }: Fault, plant: Plant): string {
  if (kind !== 'bearing') return printFault({ kind, target })
  const machine = plant.lines.flatMap((line) => line.machines).find(({ device }) => device === target)
  return printFault({ kind, target: machine?.id ?? target })
}

/**
 * Reads `kind:target`. Machines may be given by the sensor on them and the other way round; numbers may have zeros in front.
 * @throws Error with one line that says what would work
 */
export function parseFault(text: string, plant: Plant): Fault {
  const [kind = '', name = ''] = text.split(':')
  if (!isFaultKind(kind)) {
    const near = nearestName(kind, Object.keys(faultKinds))
    throw new Error(
      `unknown fault [${kind}]; ${near ? `did you mean [${near}]?` : `there are ${Object.keys(faultKinds).join(', ')}`}`,
    )
  }
  const target = findTarget(kind, name, plant)
  if (target === undefined) {
    const near = nearestName(name, targetsOf(kind, plant).keys())
    throw new Error(`fault [${kind}] has no target [${name}]; ${near ? `did you mean [${near}]?` : faultKinds[kind]}`)
  }
  return { kind, target }
}

const isFaultKind = (text: string): text is FaultKind => Object.hasOwn(faultKinds, text)

const findTarget = (kind: FaultKind, name: string, plant: Plant): string | undefined => {
  const targets = targetsOf(kind, plant)
  const plain = (text: string): string => text.toLowerCase().replaceAll(/-0+(?=\d)/g, '-')
  const wanted = plain(name)
  return targets.get(name) ?? [...targets].find(([known]) => plain(known) === wanted)?.[1]
}

/** Every name a fault may be given, and the device or line it stands for. */
function targetsOf(kind: FaultKind, plant: Plant): Map<string, string> {
  const targets = new Map<string, string>()
  for (const line of plant.lines) {
    if (kind === 'offline') targets.set(line.id, line.id)
    for (const machine of line.machines) {
      targets.set(machine.device, machine.device)
      targets.set(machine.id, machine.device)
    }
  }
  if (kind !== 'bearing') for (const sensor of plant.environment) targets.set(sensor.device, sensor.device)
  return targets
}
