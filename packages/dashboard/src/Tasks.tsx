import { formatCor, formatTime, shortHex } from "./format.js";
import type { TaskRow } from "./taskRows.js";

type TasksProps = { readonly tasks: readonly TaskRow[]; readonly onReceipt: (id: `0x${string}`) => void };

const STATES: Record<TaskRow["state"], string> = {
  running: "running",
  ended: "ended, receipt on its way",
  acknowledged: "receipt acknowledged",
};

/** Tasks as they happen, newest first. */
export function Tasks({ tasks, onReceipt }: TasksProps) {
  return (
    <section aria-labelledby="tasks-title">
      <h2 id="tasks-title">Tasks as they happen</h2>
      {tasks.length === 0 ? (
        <p className="soft">None since this page was opened.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Task</th>
              <th scope="col">Tokens</th>
              <th scope="col">Fee</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <tr key={task.taskId}>
                <td>{formatTime(task.atMs)}</td>
                <td>
                  {task.state === "acknowledged" ? (
                    <button type="button" className="link" onClick={() => onReceipt(task.taskId)}>
                      <code>{shortHex(task.taskId)}</code>
                    </button>
                  ) : (
                    <code>{shortHex(task.taskId)}</code>
                  )}
                </td>
                <td>{task.nOut === undefined ? "…" : `${task.nIn} in, ${task.nOut} out`}</td>
                <td>{task.feeWei === undefined ? "…" : formatCor(task.feeWei)}</td>
                <td>{STATES[task.state]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
