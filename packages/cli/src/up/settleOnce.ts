/** A promise with its handles: the first to settle it wins. Nobody need listen. */
export type SettleOnce<Value> = {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(error: Error): void;
  isSettled(): boolean;
};

export function createSettleOnce<Value>(): SettleOnce<Value> {
  let settled = false;
  let onValue: (value: Value) => void = () => undefined;
  let onError: (error: Error) => void = () => undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    onValue = resolve;
    onError = reject;
  });
  // Whoever awaits it sees the error; a rejection that nobody awaits yet is no crash.
  promise.catch(() => undefined);
  return {
    promise,
    resolve: (value) => {
      settled = true;
      onValue(value);
    },
    reject: (error) => {
      settled = true;
      onError(error);
    },
    isSettled: () => settled,
  };
}
