/** Tells a supervising parent, if there is one, over the process's channel. */
export function reportToParent(
  message: { readonly kind: "ready"; readonly data: object } | { readonly kind: "failed"; readonly message: string },
): void {
  process.send?.(message);
}
