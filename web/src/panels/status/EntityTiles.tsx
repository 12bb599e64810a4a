import { useRef, useState } from 'react'
import type { CSSProperties, KeyboardEvent } from 'react'
import { Link } from '../../app/Link.tsx'
import { StateMark } from '../../components/StateMark.tsx'
import type { State } from '../../components/StateMark.tsx'
import { formatAgo } from '../../format/date.ts'
import { formatValue } from '../../format/value.ts'
import { messages } from '../../messages/messages.ts'
import { sortEntities } from './entity.ts'
import type { Entity } from './entity.ts'
import type { StatusOptions } from './options.ts'
import styles from './Panel.module.css'

export interface EntityTilesProps {
  readonly options: StatusOptions
  readonly entities: readonly Entity[]
  readonly now: number
  readonly linkOf: (name: string) => string
}

/** The tile that is pointed at, and where its tip goes: in pixels of the box. */
interface PointedTile {
  readonly entity: Entity
  readonly left: number
  readonly top: number
  readonly above: boolean
}

/** One tile a thing, together by group: the whole fleet at a glance. Arrow keys walk the tiles. */
export function EntityTiles({ options, entities, now, linkOf }: EntityTilesProps) {
  const box = useRef<HTMLDivElement>(null)
  const [pointed, setPointed] = useState<PointedTile>()
  const [tabbable, setTabbable] = useState(0)
  const groups = groupsOf(entities)
  const flat = groups.flatMap(({ members }) => members)

  const point = (entity: Entity, tile: HTMLElement): void => {
    const [mine, frame] = [tile.getBoundingClientRect(), box.current?.getBoundingClientRect()]
    if (frame === undefined) return
    // In the lower half there is more room above.
    const above = mine.top + mine.bottom > frame.top + frame.bottom
    setPointed({
      entity,
      left: mine.left - frame.left + mine.width / 2,
      top: (above ? mine.top : mine.bottom) - frame.top + (box.current?.scrollTop ?? 0),
      above,
    })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const tiles = [...(box.current?.querySelectorAll<HTMLElement>('a') ?? [])]
    const at = tiles.indexOf(event.target as HTMLElement)
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const next =
      step !== undefined
        ? at + step
        : { Home: 0, End: tiles.length - 1, ArrowDown: below(tiles, at, 1), ArrowUp: below(tiles, at, -1) }[event.key]
    if (at === -1 || next === undefined) return
    event.preventDefault()
    const tile = tiles[Math.min(tiles.length - 1, Math.max(0, next))]
    if (tile === undefined) return
    setTabbable(tiles.indexOf(tile))
    tile.focus()
  }

  let at = -1
  return (
    <div ref={box} className={styles['tiles']} onKeyDown={onKeyDown} onPointerLeave={() => setPointed(undefined)}>
      {groups.map(({ name, members }) => (
        <section key={name} className={styles['group']} aria-label={name}>
          {name === '' ? null : <h3 className={styles['groupName']}>{name}</h3>}
          <div className={styles['members']}>
            {members.map((entity) => {
              at += 1
              return (
                <Link
                  key={entity.name}
                  to={linkOf(entity.name)}
                  tabIndex={at === Math.min(tabbable, flat.length - 1) ? 0 : -1}
                  className={styles['tile']}
                  data-state={entity.state}
                  style={{ '--load': entity.load } as CSSProperties}
                  aria-label={`${entity.name}, ${messages.panel.states[entity.state]}`}
                  onPointerEnter={(event) => point(entity, event.currentTarget)}
                  onFocus={(event) => point(entity, event.currentTarget)}
                  onBlur={() => setPointed(undefined)}
                >
                  <TileShape state={entity.state} />
                </Link>
              )
            })}
          </div>
        </section>
      ))}
      {pointed === undefined ? null : (
        <EntityTip options={options} pointed={pointed} now={now} width={box.current?.clientWidth ?? 0} />
      )}
    </div>
  )
}

/** What a tile shows besides its colour; fine ones are plain, so that the others stand out. */
function TileShape({ state }: { state: State }) {
  const shapes: Partial<Record<State, React.ReactNode>> = {
    critical: <path d="M8 3.600 L12.400 8 L8 12.400 L3.600 8 Z" />,
    warning: <path d="M8 4 L12.500 11.800 L3.500 11.800 Z" />,
  }
  const shape = shapes[state]
  return shape === undefined ? null : (
    <svg viewBox="0 0 16 16" width="16" height="16" fill="currentColor" aria-hidden>
      {shape}
    </svg>
  )
}

function EntityTip({
  options,
  pointed: { entity, left, top, above },
  now,
  width,
}: {
  options: StatusOptions
  pointed: PointedTile
  now: number
  width: number
}) {
  const place = (element: HTMLElement | null): void => {
    if (element === null) return
    const half = element.offsetWidth / 2
    element.style.left = `${Math.min(width - half - 4, Math.max(half + 4, left))}px`
    element.style.top = `${above ? top - 6 - element.offsetHeight : top + 6}px`
  }
  return (
    <div ref={place} className={styles['tip']} role="tooltip">
      <p className={styles['tipName']}>
        {entity.name} <StateMark state={entity.state}>{messages.panel.states[entity.state]}</StateMark>
      </p>
      <dl>
        {options.values.map(({ label, format }, at) =>
          entity.values[at]?.value == null ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{formatValue(entity.values[at].value, format)}</dd>
            </div>
          ),
        )}
        <div>
          <dt>{messages.panel.lastSeen}</dt>
          <dd>{entity.seen === undefined ? '–' : formatAgo(entity.seen, now)}</dd>
        </div>
      </dl>
    </div>
  )
}

function groupsOf(entities: readonly Entity[]): { name: string; members: Entity[] }[] {
  const groups = new Map<string, Entity[]>()
  for (const entity of sortEntities(entities, { by: 'name', ascending: true })) {
    const members = groups.get(entity.group ?? '')
    if (members === undefined) groups.set(entity.group ?? '', [entity])
    else members.push(entity)
  }
  return [...groups]
    .map(([name, members]) => ({ name, members }))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
}

/** The tile in the next line, nearest to the column of the tile at `from`. */
function below(tiles: readonly HTMLElement[], from: number, direction: 1 | -1): number {
  const mine = tiles[from]?.getBoundingClientRect()
  if (mine === undefined) return from
  let best = from
  let distance = Number.POSITIVE_INFINITY
  for (const [at, tile] of tiles.entries()) {
    const { left, top } = tile.getBoundingClientRect()
    const down = (top - mine.top) * direction
    if (down < 4) continue
    const away = down * 3 + Math.abs(left - mine.left)
    if (away < distance) [best, distance] = [at, away]
  }
  return best
}
