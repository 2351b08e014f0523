import { CLIENTS } from "./demo-values.ts";

const MOST_ENTRIES = 1_000;
const MOST_BODY_CHARACTERS = 8_192;

/** One request as TaskLab received it. Nothing is redacted: judges read it to see what really travelled. */
export interface LogEntry {
  id: number;
  at: string;
  kind: "token" | "api" | "mint" | "other";
  method: string;
  /** The request target as received, query included. */
  url: string;
  tenant: string | null;
  switches: string[];
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** Null until the answer has left, and for good when the connection ended before that. */
  status: number | null;
  ms: number | null;
  /** Token calls only. */
  grant?: string;
  client?: string;
  /** Why a token call was refused, in more words than the OAuth answer gives. */
  error?: string;
  /** Who the API took the caller for. */
  user?: string;
}

export interface Counters {
  requests: number;
  tokenCalls: number;
  tokensIssued: number;
  byGrant: Record<string, number>;
  byClient: Record<string, number>;
  reuseDetected: number;
  minted: number;
}

export interface LogFilter {
  kind?: string | null;
  /** Entries whose target, headers or body contain this text. */
  contains?: string | null;
  limit?: number;
}

const GRANTS = new Set(["refresh_token", "client_credentials"]);
const CLIENT_IDS = new Set(CLIENTS.map((client) => client.id));

function noCounts(): Counters {
  return { requests: 0, tokenCalls: 0, tokensIssued: 0, byGrant: {}, byClient: {}, reuseDetected: 0, minted: 0 };
}

/** The last 1,000 requests and running counts: TaskLab's own word on what happened. */
export class EventLog {
  counters: Counters = noCounts();
  #entries: LogEntry[] = [];
  #nextId = 1;

  /** The entry stays live: status and the rest are filled in as they become known. */
  add(entry: Omit<LogEntry, "id" | "at" | "status" | "ms">): LogEntry {
    const logged: LogEntry = {
      id: this.#nextId++,
      at: new Date().toISOString(),
      ...entry,
      body: entry.body.slice(0, MOST_BODY_CHARACTERS),
      status: null,
      ms: null,
    };
    this.counters.requests += 1;
    this.#entries.push(logged);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
    return logged;
  }

  countTokenCall(grant: string | undefined, client: string | undefined): void {
    this.counters.tokenCalls += 1;
    // Only known names become keys, so that callers can't grow the record.
    count(this.counters.byGrant, grant !== undefined && GRANTS.has(grant) ? grant : "other");
    count(this.counters.byClient, client !== undefined && CLIENT_IDS.has(client) ? client : "other");
  }

  /** Newest first. */
  list({ kind, contains, limit = MOST_ENTRIES }: LogFilter = {}): LogEntry[] {
    return this.#entries
      .filter((entry) => !kind || entry.kind === kind)
      .filter((entry) => !contains || `${entry.url}\n${JSON.stringify(entry.headers)}\n${entry.body}`.includes(contains))
      .slice(-Math.max(1, limit))
      .reverse();
  }

  reset(): void {
    this.#entries = [];
    this.counters = noCounts();
  }
}

function count(record: Record<string, number>, key: string): void {
  record[key] = (record[key] ?? 0) + 1;
}
