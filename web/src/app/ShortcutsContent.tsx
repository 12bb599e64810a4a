import { Kbd } from '../components/Kbd.tsx'
import { messages } from '../messages/messages.ts'
import styles from './ShortcutsDialog.module.css'

const { shortcuts } = messages

const GROUPS: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: shortcuts.everywhere,
    keys: [
      ['mod+K', shortcuts.palette],
      ['g d', shortcuts.discover],
      ['g b', shortcuts.dashboards],
      ['/', shortcuts.query],
      ['g t', shortcuts.time],
      ['r', shortcuts.refresh],
      ['l', shortcuts.live],
      ['[', shortcuts.rail],
      ['?', shortcuts.help],
    ],
  },
  {
    title: shortcuts.inTables,
    keys: [
      ['↓ ↑', shortcuts.rows],
      ['Home End', shortcuts.ends],
      ['Enter', shortcuts.open],
    ],
  },
  {
    title: shortcuts.inCharts,
    keys: [
      ['← →', shortcuts.points],
      ['shift+→ Enter', shortcuts.zoom],
      ['t', shortcuts.table],
      ['Esc', shortcuts.leave],
    ],
  },
]

/** Every key there is. */
export function ShortcutsContent() {
  return (
    <div className={styles['groups']}>
      {GROUPS.map(({ title, keys }) => (
        <section key={title}>
          <h3 className={styles['title']}>{title}</h3>
          <dl className={styles['list']}>
            {keys.map(([key, text]) => (
              <div key={key} className={styles['entry']}>
                <dt>{text}</dt>
                <dd>
                  <Kbd keys={key} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}
