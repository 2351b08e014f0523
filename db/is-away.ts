/**
 * Of the driver, of the network, and SQLSTATEs: connection exceptions (08), too little of something (53), an operator's word (57P), a
 * server that ended or only reads (58, XX, 25006).
 */
const AWAY =
  /^(E(AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|NOTFOUND|PIPE|TIMEDOUT)|CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED)|08...|53...|57P0.|58...|XX...|25006)$/;

/** Serialization failures, deadlocks and locks that weren't to be had: the same work may well be done the next time. */
const PASSING = /^(40...|55P03|57014)$/;

/** Whether an error says nothing about the work, only that the database couldn't be reached, or couldn't work. Drizzle wraps what it is told. */
export const isAway = (error: unknown): boolean => AWAY.test(codeOf(error) ?? "");

/** Whether the same statements may be taken later on: what isn't so will be refused as often as it is asked. */
export const isPassing = (error: unknown): boolean => isAway(error) || PASSING.test(codeOf(error) ?? "");

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === "string" ? code : codeOf(cause);
}
