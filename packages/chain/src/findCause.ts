/** The first of an error's causes, itself included, that is meant. */
export function findCause(error: unknown, isMeant: (inner: unknown) => boolean): unknown {
  for (let inner = error; inner instanceof Error; inner = inner.cause) if (isMeant(inner)) return inner;
  return undefined;
}
