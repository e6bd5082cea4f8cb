/**
 * A table that is asked for words of peers. It has no members but its own: `constructor` and `toString` are not in it,
 * whatever a peer may call its tools, stop reasons or file endings.
 */
export function wordTable<T>(rows: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, rows);
}
