import { useState } from "react";

/** Asks for an API key when the address brought none. */
export function KeyForm({ onKey }: { readonly onKey: (key: string) => void }) {
  const [key, setKey] = useState("");
  return (
    <section aria-labelledby="key-title">
      <h2 id="key-title">API key</h2>
      <p className="soft">
        <code>npm start</code> prints one; <code>cortensor key create</code> makes more. It stays in this tab.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== "") onKey(key.trim());
        }}
      >
        <input aria-label="API key" autoComplete="off" value={key} onChange={(event) => setKey(event.target.value)} />
        <button type="submit">Use</button>
      </form>
    </section>
  );
}
