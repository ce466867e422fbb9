import { createCortensor } from "@cortensor/sdk";
import { useMemo, useState } from "react";
import { keepApiKey, takeApiKey } from "./apiKey.js";
import { Chat } from "./Chat.js";
import { Epochs } from "./Epochs.js";
import { KeyForm } from "./KeyForm.js";
import { Network } from "./Network.js";
import { ReceiptView } from "./ReceiptView.js";
import { Tasks } from "./Tasks.js";
import { useNetwork } from "./useNetwork.js";
import { PAGES, usePage } from "./usePage.js";

/** The dashboard: a chat with the network as it is, and epochs. */
export function App() {
  const [apiKey, setApiKey] = useState(() => takeApiKey(window.location, window.sessionStorage, window.history));
  const [receiptId, setReceiptId] = useState<`0x${string}`>();
  const client = useMemo(() => createCortensor({ baseUrl: window.location.origin, apiKey }), [apiKey]);
  const network = useNetwork(client);
  const page = usePage();
  const useKey = (key: string) => {
    keepApiKey(window.sessionStorage, key);
    setApiKey(key);
  };
  return (
    <>
      <header>
        <h1>Cortensor</h1>
        <span className="soft">open models on strangers' machines, metered, checkable, paid on chain</span>
        <nav aria-label="Pages">
          {PAGES.map((name) => (
            <a key={name} href={`#${name}`} aria-current={name === page ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </header>
      {/* The chat stays where it is, with what was said. */}
      <main hidden={page !== "network"}>
        <div>
          {apiKey === "" ? <KeyForm onKey={useKey} /> : <Chat client={client} onReceipt={setReceiptId} />}
          {receiptId !== undefined && <ReceiptView client={client} id={receiptId} />}
        </div>
        <div>
          <Network view={network.view} problem={network.problem} />
          <Tasks tasks={network.tasks} onReceipt={setReceiptId} />
        </div>
      </main>
      {page === "epochs" && (
        <main>
          <Epochs client={client} />
        </main>
      )}
    </>
  );
}
