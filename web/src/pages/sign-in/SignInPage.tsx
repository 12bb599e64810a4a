import { useQueryClient } from '@tanstack/react-query'
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { Brand } from '../../app/Brand.tsx'
import { goTo, useAddress } from '../../app/place.ts'
import { sessionQuery } from '../../app/session.ts'
import { useFirstView } from '../../app/use-first-view.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { TextField } from '../../components/Field.tsx'
import { reasonOf } from '../../components/reason-of.ts'
import { signIn } from '../../data/api.ts'
import { ApiError } from '../../data/http.ts'
import { messages } from '../../messages/messages.ts'
import styles from './SignInPage.module.css'

const text = messages.signIn

export function SignInPage() {
  const { next = '/' } = useAddress()
  const queries = useQueryClient()
  useFirstView(true)
  const [error, setError] = useState<string>()
  const [working, setWorking] = useState(false)
  const [shown, setShown] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    setWorking(true)
    setError(undefined)
    try {
      const session = await signIn({ username: textOf(form.get('username')), password: textOf(form.get('password')) })
      queries.setQueryData(sessionQuery.queryKey, session)
      goTo(next)
    } catch (failure) {
      setError(failure instanceof ApiError && failure.status === 401 ? text.wrong : reasonOf(failure))
      setWorking(false)
      // Most people mistype the password: it is typed over at once.
      const password = element.elements.namedItem('password')
      if (password instanceof HTMLInputElement) password.select()
    }
  }

  return (
    <main className={styles['page']}>
      <form className={styles['card']} onSubmit={(event) => void submit(event)}>
        <div className={styles['brand']}>
          <Brand size={34} />
          <div>
            <h1>{messages.product}</h1>
            <p>{text.tagline}</p>
          </div>
        </div>
        <TextField
          label={text.username}
          name="username"
          autoComplete="username"
          defaultValue="elastic"
          autoCapitalize="off"
          spellCheck={false}
          required
        />
        <div className={styles['password']}>
          <TextField
            label={text.password}
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
            error={error}
            autoFocus
            required
          />
          <IconButton label={shown ? text.hide : text.show} className={styles['eye']} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff size={15} /> : <Eye size={15} />}
          </IconButton>
        </div>
        <Button type="submit" look="primary" disabled={working}>
          {working ? text.working : text.submit}
        </Button>
        <p className={styles['hint']}>
          {text.hint} <code>{text.command}</code>
        </p>
      </form>
    </main>
  )
}

/** Forms may hold files; this one does not. */
const textOf = (value: FormDataEntryValue | null): string => (typeof value === 'string' ? value : '')
