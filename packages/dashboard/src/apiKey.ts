const STORED = "cortensor.apiKey";

/**
 * The key this page talks with. A local network's address carries it behind the `#`, which browsers never send to a server;
 * it is moved into the tab's own storage and out of the address.
 */
export function takeApiKey(location: Location, storage: Storage, history: History): string {
  const fromAddress = /^#key=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1];
  if (fromAddress !== undefined) {
    storage.setItem(STORED, fromAddress);
    history.replaceState(null, "", location.pathname);
  }
  return storage.getItem(STORED) ?? "";
}

export function keepApiKey(storage: Storage, key: string): void {
  storage.setItem(STORED, key);
}
