/** What a pending promise and its ends are called together since ES2024. */
type Resolvers<Value> = {
  promise: Promise<Value>;
  resolve: (value: Value | PromiseLike<Value>) => void;
  reject: (reason?: unknown) => void;
};

/** `Promise.withResolvers` where the runtime is older than it: libraries of the exchange call it. Imported before them. */
if (!("withResolvers" in Promise)) {
  Object.defineProperty(Promise, "withResolvers", {
    configurable: true,
    writable: true,
    value: function withResolvers<Value>(): Resolvers<Value> {
      let resolve: Resolvers<Value>["resolve"] = () => undefined;
      let reject: Resolvers<Value>["reject"] = () => undefined;
      const promise = new Promise<Value>((yes, no) => {
        resolve = yes;
        reject = no;
      });
      return { promise, resolve, reject };
    },
  });
}

export {};
