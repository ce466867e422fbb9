import { text as readText } from "node:stream/consumers";

/** Named in its place, the target is read from the standard input: a command line can be seen by others. */
const FROM_INPUT = "-";

/** How a sink's target may be given, for a command's help. */
export const SINK_TARGETS = `
Targets:
  postgres://user:password@host:5432/database?sslmode=verify-full&schema=answers&table=cortensor
  mysql://user:password@host:3306/database        also mariadb://
  sqlite:answers.db                               or sqlite:///folder/answers.db
  https://host/path#whsec_…                       a signed webhook
  -                                               one of these, or its JSON, from the standard input: others can see a command line`;

export async function readSinkTarget(argument: string): Promise<string> {
  return argument === FROM_INPUT ? (await readText(process.stdin)).trim() : argument;
}
