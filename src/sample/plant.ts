import { seededRandom } from './random.ts'

export type MachineType =
  | 'press'
  | 'robot'
  | 'conveyor'
  | 'pump'
  | 'mill'
  | 'lathe'
  | 'spindle'
  | 'fan'
  | 'oven'
  | 'packer'
  | 'compressor'

/** A rolling bearing by its geometry: what its defects sound like follows from it. */
export interface Bearing {
  readonly balls: number
  /** Ball diameter over pitch diameter, times the cosine of the contact angle. */
  readonly ratio: number
}

export interface Machine {
  /** `press-07`: what people in the plant call it. */
  readonly id: string
  readonly type: MachineType
  /** The sensor on it: `dev-12`. */
  readonly device: string
  readonly firmware: string
  readonly line: string
  readonly area: string
  /** Meters from the south-west corner of the hall. */
  readonly position: { readonly x: number; readonly y: number }
  readonly speedRpm: number
  readonly powerKw: number
  readonly bearing: Bearing
  /** Vibration velocity of a new machine in mm/s RMS. */
  readonly baseVibration: number
  /** °C above the hall at full load. */
  readonly heat: number
  /** How far into its service interval it was at the epoch, in hours. */
  readonly servicePhaseHours: number
}

export interface EnvironmentSensor {
  /** `env-7` */
  readonly device: string
  readonly firmware: string
  readonly area: string
  readonly position: { readonly x: number; readonly y: number }
}

export interface Line {
  /** `line-3` */
  readonly id: string
  readonly name: string
  readonly area: string
  readonly product: string
  readonly targetPerMinute: number
  readonly machines: readonly Machine[]
}

export interface Plant {
  readonly lines: readonly Line[]
  readonly environment: readonly EnvironmentSensor[]
}

interface Kind {
  readonly speedRpm: number
  readonly powerKw: number
  readonly bearing: Bearing
  readonly baseVibration: number
  readonly heat: number
}

/** Typical machines: plausible to whoever works with them, copied from nobody's data sheet. */
const KINDS: Readonly<Record<MachineType, Kind>> = {
  press: { speedRpm: 980, powerKw: 55, bearing: { balls: 16, ratio: 0.14 }, baseVibration: 1.6, heat: 34 },
  robot: { speedRpm: 1900, powerKw: 7, bearing: { balls: 9, ratio: 0.22 }, baseVibration: 0.7, heat: 18 },
  conveyor: { speedRpm: 1420, powerKw: 4, bearing: { balls: 8, ratio: 0.24 }, baseVibration: 1.1, heat: 14 },
  pump: { speedRpm: 2950, powerKw: 18, bearing: { balls: 9, ratio: 0.21 }, baseVibration: 1.4, heat: 28 },
  mill: { speedRpm: 3600, powerKw: 22, bearing: { balls: 14, ratio: 0.16 }, baseVibration: 0.9, heat: 25 },
  lathe: { speedRpm: 2200, powerKw: 15, bearing: { balls: 14, ratio: 0.17 }, baseVibration: 0.8, heat: 22 },
  spindle: { speedRpm: 1200, powerKw: 1.5, bearing: { balls: 8, ratio: 0.25 }, baseVibration: 0.5, heat: 9 },
  fan: { speedRpm: 1480, powerKw: 30, bearing: { balls: 10, ratio: 0.2 }, baseVibration: 1.8, heat: 20 },
  oven: { speedRpm: 1450, powerKw: 90, bearing: { balls: 9, ratio: 0.23 }, baseVibration: 0.9, heat: 95 },
  packer: { speedRpm: 720, powerKw: 6, bearing: { balls: 8, ratio: 0.24 }, baseVibration: 0.9, heat: 12 },
  compressor: { speedRpm: 2970, powerKw: 75, bearing: { balls: 11, ratio: 0.19 }, baseVibration: 2.1, heat: 45 },
}

/** Five areas of five lines with eight machines each: 200 machines. */
const AREAS: readonly {
  readonly name: string
  readonly product: string
  readonly perMinute: number
  readonly machines: readonly MachineType[]
}[] = [
  {
    name: 'Press shop',
    product: 'side panel',
    perMinute: 12,
    machines: ['press', 'press', 'press', 'press', 'robot', 'robot', 'conveyor', 'pump'],
  },
  {
    name: 'Machining',
    product: 'gear housing',
    perMinute: 4,
    machines: ['mill', 'mill', 'mill', 'lathe', 'lathe', 'robot', 'conveyor', 'pump'],
  },
  {
    name: 'Assembly',
    product: 'drive unit',
    perMinute: 6,
    machines: ['robot', 'robot', 'robot', 'robot', 'spindle', 'spindle', 'conveyor', 'conveyor'],
  },
  {
    name: 'Paint shop',
    product: 'painted cover',
    perMinute: 8,
    machines: ['robot', 'robot', 'robot', 'fan', 'fan', 'oven', 'pump', 'conveyor'],
  },
  {
    name: 'Packing',
    product: 'pallet',
    perMinute: 20,
    machines: ['packer', 'packer', 'packer', 'robot', 'conveyor', 'conveyor', 'compressor', 'fan'],
  },
]

const LINES_PER_AREA = 5
const ENVIRONMENT_PER_AREA = 10
/** Every area is a hall of this size, side by side from west to east. */
const HALL_WIDTH = 60
const HALL_DEPTH = 80

/** South-west corner of the plant: a field near Plzeň that nobody needs for a factory. */
const ORIGIN = { lat: 49.7401, lon: 13.3302 }

/** Meters on the floor plan to degrees; flat is exact enough for 300 m. */
export function locate({ x, y }: { readonly x: number; readonly y: number }): { lat: number; lon: number } {
  const metersPerDegree = 111_320
  return {
    lat: round(ORIGIN.lat + y / metersPerDegree, 6),
    lon: round(ORIGIN.lon + x / (metersPerDegree * Math.cos((ORIGIN.lat * Math.PI) / 180)), 6),
  }
}

const FIRMWARES = ['2.4.1', '2.4.1', '2.4.1', '2.4.1', '2.4.1', '2.4.1', '2.4.1', '2.3.0', '2.3.0', '1.9.9']

/** The plant of a seed: the same machines with the same names every time, each a little different from its siblings. */
export function buildPlant(seed: number): Plant {
  const random = seededRandom(`plant ${seed}`)
  const vary = (value: number, by: number): number => value * (1 + by * (2 * random() - 1))
  const firmware = (): string => FIRMWARES[Math.floor(random() * FIRMWARES.length)] ?? '2.4.1'
  const counts = new Map<MachineType, number>()
  const lines: Line[] = []
  const environment: EnvironmentSensor[] = []
  let devices = 0

  const machineOn = (line: number, area: number, type: MachineType, slot: number): Machine => {
    const kind = KINDS[type]
    const number = (counts.get(type) ?? 0) + 1
    counts.set(type, number)
    return {
      id: `${type}-${String(number).padStart(2, '0')}`,
      type,
      device: `dev-${++devices}`,
      firmware: firmware(),
      line: `line-${line}`,
      area: AREAS[area]?.name ?? '',
      position: { x: round(area * HALL_WIDTH + 6 + slot * 6.5, 1), y: round(10 + ((line - 1) % LINES_PER_AREA) * 14, 1) },
      speedRpm: Math.round(vary(kind.speedRpm, 0.03)),
      powerKw: round(vary(kind.powerKw, 0.1), 1),
      bearing: kind.bearing,
      baseVibration: vary(kind.baseVibration, 0.25),
      heat: vary(kind.heat, 0.12),
      servicePhaseHours: random() * SERVICE_INTERVAL_HOURS,
    }
  }

  for (const [areaNumber, area] of AREAS.entries()) {
    for (let n = 0; n < LINES_PER_AREA; n++) {
      const number = areaNumber * LINES_PER_AREA + n + 1
      lines.push({
        id: `line-${number}`,
        name: `${area.name} ${n + 1}`,
        area: area.name,
        product: `${area.product} ${'ABCDE'[n]}`,
        targetPerMinute: area.perMinute,
        machines: area.machines.map((type, slot) => machineOn(number, areaNumber, type, slot)),
      })
    }
    for (let n = 0; n < ENVIRONMENT_PER_AREA; n++) {
      environment.push({
        device: `env-${areaNumber * ENVIRONMENT_PER_AREA + n + 1}`,
        firmware: firmware(),
        area: area.name,
        position: { x: round(areaNumber * HALL_WIDTH + 6 + (n % 5) * 12, 1), y: n < 5 ? 4 : HALL_DEPTH - 4 },
      })
    }
  }
  return { lines, environment }
}

/** Machines are overhauled after so many hours, and are as new then: six weeks. */
export const SERVICE_INTERVAL_HOURS = 1000

export const round = (value: number, digits: number): number => Number(value.toFixed(digits))

export const gatewayOfLine = (line: string): string => `gateway-${line}`
export const gatewayOfArea = (area: string): string => `gateway-${area.toLowerCase().replaceAll(' ', '-')}`

/** Where the clone of a device turns up (see `fault.ts`). */
export const UNKNOWN_GATEWAY = 'gateway-unknown'

/** Every gateway that publishes: one for each line, one for the environment of each area, and one that nobody installed. */
export function gatewayNames({ lines, environment }: Plant): string[] {
  const areas = environment.map((sensor) => gatewayOfArea(sensor.area))
  return [...new Set([...lines.map((line) => gatewayOfLine(line.id)), ...areas, UNKNOWN_GATEWAY])]
}
