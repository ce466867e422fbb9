// A child for the supervisor's tests: says that it is ready, and does what its argument says.
const [what] = process.argv.slice(2);
if (what === "refuse") {
  process.send({ kind: "failed", message: "the port is taken" });
  process.exit(3);
}
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
process.send({ kind: "ready", data: { pid: process.pid } });
setInterval(() => undefined, 1_000);
