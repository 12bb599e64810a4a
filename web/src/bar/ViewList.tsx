import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { namesQuery, objectsQuery } from '../app/saved.ts'
import { ChoiceList } from '../components/ChoiceList.tsx'
import { messages } from '../messages/messages.ts'

/** Data views and indices to choose from, and whatever pattern is typed. */
export function ViewList({ current, onChoose }: { current: string | undefined; onChoose: (id: string) => void }) {
  const views = useQuery(objectsQuery('data_view')).data ?? []
  const names = useQuery(namesQuery).data ?? []
  const text = messages.bar
  const mark = (id: string) => (id === current ? <Check size={14} /> : <span />)
  return (
    <ChoiceList
      label={text.view}
      placeholder={text.viewSearch}
      empty={text.noViews}
      groups={[
        {
          title: text.savedViews,
          choices: views.map(({ id, title, description }) => ({ value: id, text: title, detail: description, icon: mark(id) })),
        },
        { title: text.indices, choices: names.map((name) => ({ value: name, text: name, icon: mark(name) })) },
      ]}
      typed={(typed) =>
        /^[^\s"\\<>|?#]+$/.test(typed) ? { value: typed, text: text.useNames(typed), icon: <span /> } : undefined
      }
      onChoose={onChoose}
    />
  )
}
