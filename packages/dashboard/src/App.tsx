import { createCortensor } from "@cortensor/sdk";
import { useMemo, useState } from "react";
import { keepApiKey, takeApiKey } from "./apiKey.js";
import { Chat } from "./Chat.js";
import { KeyForm } from "./KeyForm.js";
import { Network } from "./Network.js";
import { ReceiptView } from "./ReceiptView.js";
import { Tasks } from "./Tasks.js";
import { useNetwork } from "./useNetwork.js";

/** The first dashboard: a chat, and the network as it is. */
export function App() {
  const [apiKey, setApiKey] = useState(() => takeApiKey(window.location, window.sessionStorage, window.history));
  const [receiptId, setReceiptId] = useState<`0x${string}`>();
  const client = useMemo(() => createCortensor({ baseUrl: window.location.origin, apiKey }), [apiKey]);
  const network = useNetwork(client);
  const useKey = (key: string) => {
    keepApiKey(window.sessionStorage, key);
    setApiKey(key);
  };
  return (
    <>
      <header>
        <h1>Cortensor</h1>
        <span className="soft">open models on strangers' machines, metered, checkable, paid on chain</span>
      </header>
      <main>
        <div>
          {apiKey === "" ? <KeyForm onKey={useKey} /> : <Chat client={client} onReceipt={setReceiptId} />}
          {receiptId !== undefined && <ReceiptView client={client} id={receiptId} />}
        </div>
        <div>
          <Network view={network.view} problem={network.problem} />
          <Tasks tasks={network.tasks} onReceipt={setReceiptId} />
        </div>
      </main>
    </>
  );
}
