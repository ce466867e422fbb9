/** A whole number in its one decimal form. */
export function toWhole(text: string): number | undefined {
  const number = Number(text);
  return /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}
