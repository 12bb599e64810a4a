/** Units by quantity: what one is in the first unit of its quantity, and where its zero lies. */
interface Unit {
  readonly quantity: string
  readonly factor: number
  readonly offset: number
}

/** Sources: SI brochure (9th edition), NIST SP 811 appendix B. */
const QUANTITIES: Readonly<Record<string, Readonly<Record<string, number | readonly [factor: number, offset: number]>>>> = {
  temperature: { K: 1, C: [1, 273.15], F: [5 / 9, 459.67 * (5 / 9)], R: 5 / 9 },
  pressure: {
    Pa: 1,
    hPa: 100,
    kPa: 1000,
    MPa: 1e6,
    bar: 1e5,
    mbar: 100,
    psi: 6894.757293168,
    atm: 101325,
    mmHg: 133.322387415,
    inHg: 3386.389,
  },
  length: { m: 1, mm: 0.001, cm: 0.01, um: 1e-6, km: 1000, in: 0.0254, ft: 0.3048, yd: 0.9144, mi: 1609.344, nmi: 1852 },
  mass: { kg: 1, g: 0.001, mg: 1e-6, t: 1000, lb: 0.45359237, oz: 0.028349523125 },
  speed: { 'm/s': 1, 'mm/s': 0.001, 'km/h': 1 / 3.6, mph: 0.44704, kn: 1852 / 3600, 'ft/s': 0.3048, 'in/s': 0.0254 },
  acceleration: { 'm/s2': 1, g0: 9.80665, 'ft/s2': 0.3048 },
  volume: { m3: 1, l: 0.001, ml: 1e-6, gal: 0.003785411784, ft3: 0.028316846592 },
  flow: { 'm3/s': 1, 'm3/h': 1 / 3600, 'l/s': 0.001, 'l/min': 1 / 60_000, gpm: 0.003785411784 / 60 },
  energy: { J: 1, kJ: 1000, MJ: 1e6, Wh: 3600, kWh: 3.6e6, MWh: 3.6e9, cal: 4.184, BTU: 1055.05585262 },
  power: { W: 1, kW: 1000, MW: 1e6, hp: 745.6998715822702, PS: 735.49875 },
  current: { A: 1, mA: 0.001, uA: 1e-6, kA: 1000 },
  voltage: { V: 1, mV: 0.001, kV: 1000 },
  frequency: { Hz: 1, kHz: 1000, MHz: 1e6, rpm: 1 / 60 },
  torque: { Nm: 1, lbft: 0.3048 * 4.4482216152605 },
  angle: { rad: 1, deg: Math.PI / 180, rev: 2 * Math.PI },
  time: { s: 1, ms: 0.001, us: 1e-6, ns: 1e-9, min: 60, h: 3600, d: 86_400 },
  data: { B: 1, kB: 1000, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  ratio: { '1': 1, '%': 0.01, ppm: 1e-6, ppb: 1e-9 },
}

const NAMES: Readonly<Record<string, string>> = {
  celsius: 'C',
  fahrenheit: 'F',
  kelvin: 'K',
  rankine: 'R',
  '°c': 'C',
  '°f': 'F',
  degc: 'C',
  degf: 'F',
  '°': 'deg',
  µm: 'um',
  'm/s²': 'm/s2',
  'm³': 'm3',
  'm³/h': 'm3/h',
  percent: '%',
}

const UNITS = new Map(
  Object.entries(QUANTITIES).flatMap(([quantity, units]) =>
    Object.entries(units).map(([name, value]) => {
      const [factor, offset] = typeof value === 'number' ? [value, 0] : value
      return [name, { quantity, factor, offset } satisfies Unit] as const
    }),
  ),
)

export const unitNames: readonly string[] = [...UNITS.keys()]

function findUnit(written: string): Unit | undefined {
  const name = written.trim()
  return (
    UNITS.get(name) ??
    UNITS.get(NAMES[name.toLowerCase()] ?? '') ??
    UNITS.get(name.toUpperCase().length === 1 ? name.toUpperCase() : '')
  )
}

/** @throws RangeError naming a unit that is not known, or two that do not measure the same */
export function converter(from: string, to: string): (value: number) => number {
  const [source, target] = [findUnit(from), findUnit(to)]
  if (source === undefined || target === undefined)
    throw new RangeError(`[${source === undefined ? from : to}] is no unit that is known here: ${unitNames.join(', ')}`)
  if (source.quantity !== target.quantity)
    throw new RangeError(`[${from}] is a ${source.quantity} and [${to}] a ${target.quantity}: they cannot be converted`)
  return (value) => tidy((value * source.factor + source.offset - target.offset) / target.factor)
}

/** Twelve significant digits: binary fractions must not show (212 °F is 100 °C). */
const tidy = (value: number): number => Number(value.toPrecision(12))
