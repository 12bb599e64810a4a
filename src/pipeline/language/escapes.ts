const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
}

/** What `config.support_escapes` makes of a string: a backslash before any other character stays. */
export function unescapeText(text: string): string {
  return text.replaceAll(/\\([^])/g, (whole: string, char: string) => ESCAPES[char] ?? whole)
}
