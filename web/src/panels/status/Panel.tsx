import { useMemo, useState } from 'react'
import { inChunk } from '../../components/in-chunk.tsx'
import { StateShape } from '../../components/StateMark.tsx'
import type { State } from '../../components/StateMark.tsx'
import { formatCount } from '../../format/number.ts'
import { messages } from '../../messages/messages.ts'
import { severity } from '../limits.ts'
import type { PanelViewProps } from '../panel-type.ts'
import { EntityTiles } from './EntityTiles.tsx'
import { readEntities } from './entity.ts'
import type { StatusOptions } from './options.ts'
import styles from './Panel.module.css'

const text = messages.panel
const EntityTable = inChunk(async () => (await import('./EntityTable.tsx')).EntityTable)

/** How many things are in which state, and each of them: as tiles or as a table. */
export function StatusPanel({ options, data, interval, title, documentsOf }: PanelViewProps<StatusOptions>) {
  const [only, setOnly] = useState<State>()
  const [wanted, setWanted] = useState('')
  const entities = useMemo(() => readEntities(options, data, interval.to), [options, data, interval.to])
  const needle = wanted.trim().toLowerCase()
  const shown = entities.filter(
    ({ name, group, state }) => (only === undefined || state === only) && `${name} ${group ?? ''}`.toLowerCase().includes(needle),
  )
  const counts = new Map<State, number>()
  for (const { state } of entities) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = [...counts.keys()].sort((a, b) => severity(b) - severity(a))
  const linkOf = (name: string): string => documentsOf(options.entity.field, name)
  return (
    <div className={styles['panel']}>
      <div className={styles['bar']}>
        <div className={styles['states']} role="group" aria-label={text.state}>
          {states.map((state) => (
            <button
              key={state}
              type="button"
              className={styles['state']}
              aria-pressed={only === state}
              onClick={() => setOnly(only === state ? undefined : state)}
            >
              <StateShape state={state} /> {text.states[state]} <b>{formatCount(counts.get(state) ?? 0)}</b>
            </button>
          ))}
        </div>
        {options.layout === 'table' ? (
          <input
            type="search"
            className={styles['find']}
            placeholder={text.findRow}
            aria-label={`${text.findRow}: ${options.entity.label}`}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        ) : null}
      </div>
      {options.layout === 'tiles' ? (
        <EntityTiles options={options} entities={shown} now={interval.to} linkOf={linkOf} />
      ) : (
        <EntityTable label={title} options={options} entities={shown} data={data} now={interval.to} linkOf={linkOf} />
      )}
    </div>
  )
}
