import type { Cortensor } from "@cortensor/sdk";
import { type FormEvent, useRef, useState } from "react";

type Turn = { readonly role: "user" | "assistant"; readonly content: string; readonly taskId?: string };
type ChatProps = { readonly client: Cortensor; readonly onReceipt: (id: `0x${string}`) => void };

const ANSWER_TOKENS_MAX = 256;
/** Turns that travel with a question: the embedded model's context is small. */
const TURNS_SENT_MAX = 6;

/** A conversation with the network; each answer leads to its receipt. */
export function Chat({ client, onReceipt }: ChatProps) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [draft, setDraft] = useState("What is Cortensor?");
  const [problem, setProblem] = useState<string>();
  const running = useRef<AbortController | undefined>(undefined);
  const [isRunning, setIsRunning] = useState(false);

  const ask = async (question: string) => {
    const asked: readonly Turn[] = [...turns, { role: "user", content: question }];
    const stop = new AbortController();
    running.current = stop;
    setIsRunning(true);
    setProblem(undefined);
    setTurns([...asked, { role: "assistant", content: "" }]);
    let content = "";
    let taskId: string | undefined;
    const show = () =>
      setTurns([...asked, { role: "assistant", content, ...(taskId === undefined ? {} : { taskId }) }]);
    try {
      const messages = asked.slice(-TURNS_SENT_MAX).map(({ role, content: text }) => ({ role, content: text }));
      for await (const event of client.streamChat(messages, { maxTokens: ANSWER_TOKENS_MAX, signal: stop.signal })) {
        if (event.kind === "text") content += event.text;
        else taskId = event.taskId;
        show();
      }
    } catch (error) {
      if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setIsRunning(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const question = draft.trim();
    if (question === "" || isRunning) return;
    setDraft("");
    void ask(question);
  };
  return (
    <section aria-labelledby="chat-title">
      <h2 id="chat-title">Chat</h2>
      <Log turns={turns} onReceipt={onReceipt} />
      {problem !== undefined && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
      <form onSubmit={submit}>
        <input aria-label="Question" value={draft} onChange={(event) => setDraft(event.target.value)} />
        {isRunning ? (
          <button type="button" onClick={() => running.current?.abort()}>
            Stop
          </button>
        ) : (
          <button type="submit">Ask</button>
        )}
      </form>
    </section>
  );
}

type LogProps = { readonly turns: readonly Turn[]; readonly onReceipt: (id: `0x${string}`) => void };

function Log({ turns, onReceipt }: LogProps) {
  return (
    <div className="log" role="log" aria-live="polite">
      {turns.length === 0 && <p className="soft">Ask something. The answer comes from a miner of this network.</p>}
      {turns.map((turn, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns are only appended, their place is their identity
        <p className="message" key={index}>
          <b>{turn.role === "user" ? "You" : "Cortensor"}</b>
          {turn.content}
          {isTaskId(turn.taskId) && <ReceiptLink id={turn.taskId} onReceipt={onReceipt} />}
        </p>
      ))}
    </div>
  );
}

function ReceiptLink({ id, onReceipt }: { readonly id: `0x${string}`; readonly onReceipt: LogProps["onReceipt"] }) {
  return (
    <>
      {" "}
      <button type="button" className="link" onClick={() => onReceipt(id)}>
        receipt
      </button>
    </>
  );
}

function isTaskId(id: string | undefined): id is `0x${string}` {
  return id?.startsWith("0x") === true;
}
