import { setTimeout as sleep } from "node:timers/promises";
import { connectPath } from "#lib/paths.ts";
import { callApi, keepingAgent } from "../call-api.ts";
import { apiKeyDraft, publishDraft } from "../publish-draft.ts";
import { median, ms, type Table } from "../report.ts";
import { createUserTokenSigner } from "../sign-user-tokens.ts";
import type { Experiment, Verdict } from "./experiment.ts";
import { openParts, type Parts } from "./open-parts.ts";

/**
 * quality.md, Reliability 5. Users connect without a pause through gateway and dashboard, each a new one, while the database is ended and
 * started again, in turn fast and immediately. The caller notes which users were acknowledged; in the end all of them must be there.
 */
export const databaseRestarts: Experiment = async () => {
  const parts = await openParts();
  try {
    return await new Trial(parts).run();
  } finally {
    await parts.end();
  }
};

const RESTARTS = 20;
const CALLERS_EACH = 4;
const BEFORE_MS = 1_500;
/** How long a call may take to say 503 while the database is away, and how long after its return calls may be refused. */
const MOST_REFUSAL_MS = 2_000;
const MOST_RETURN_MS = 5_000;
const NAP_MS = 20;

type Door = "gateway" | "dashboard";
type Answer = { door: Door; sub: string; began: number; ended: number; status: number; what: string };
type Restart = { how: string; downAt: number; upAt: number };

class Trial {
  private readonly parts: Parts;
  private readonly answers: Answer[] = [];
  private readonly restarts: Restart[] = [];
  private isOver = false;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  async run(): Promise<{ tables: Table[]; verdicts: Verdict[] }> {
    const { parts } = this;
    const signer = await createUserTokenSigner(parts.scope, parts.db, parts.actor);
    const resourceId = await publishDraft(parts, parts.scope, "API", apiKeyDraft("https://api.example.com"));
    const [gateway] = [await parts.startGateway(), await parts.start("the dashboard")];
    const origins: Record<Door, string> = { gateway: gateway.origin, dashboard: `${parts.web.replace("//localhost", "//127.0.0.1")}/api` };
    const path = connectPath(parts.scope.projectId, resourceId);
    const callers = (["gateway", "dashboard"] as const).flatMap((door) =>
      Array.from({ length: CALLERS_EACH }, (_, caller) =>
        this.keepConnecting(door, origins[door] + path, (n) => `${door}-${caller}-${n}`, signer.signToken),
      ),
    );
    for (let n = 0; n < RESTARTS; n++) {
      await sleep(BEFORE_MS);
      const [signal, how] = n % 2 === 0 ? (["SIGINT", "fast"] as const) : (["SIGQUIT", "immediate"] as const);
      const downAt = Date.now();
      await parts.restartDatabase(signal);
      this.restarts.push({ how, downAt, upAt: Date.now() });
      await this.untilBothAnswer();
    }
    await sleep(BEFORE_MS);
    this.isOver = true;
    await Promise.all(callers);
    return this.report(await this.findMissing());
  }

  private async keepConnecting(door: Door, url: string, nameOf: (n: number) => string, sign: (sub: string) => string): Promise<void> {
    const agent = keepingAgent(1);
    for (let n = 0; !this.isOver; n++) {
      const sub = nameOf(n);
      const token = sign(sub);
      const began = Date.now();
      const called = await callApi({ url, method: "POST", token, json: { key: `key-of-${sub}` }, agent, timeoutMs: 15_000 });
      const what = called.failure ?? `${called.status}${called.status === 200 ? "" : ` ${called.body.slice(0, 200)}`}`;
      this.answers.push({ door, sub, began, ended: Date.now(), status: called.failure ? 0 : called.status, what });
      await sleep(NAP_MS);
    }
    agent.destroy();
  }

  /** At most twice as long as promised: what comes later is late enough. */
  private async untilBothAnswer(): Promise<void> {
    const { upAt } = this.restarts.at(-1)!;
    const isBack = (door: Door) => this.answers.some((answer) => answer.door === door && answer.status === 200 && answer.began >= upAt);
    while (Date.now() < upAt + 2 * MOST_RETURN_MS && !(isBack("gateway") && isBack("dashboard"))) await sleep(10);
  }

  /** Of those that were acknowledged. */
  private async findMissing(): Promise<string[]> {
    const { sql, scope } = this.parts;
    const rows = await sql<{ sub: string }[]>`
      select u.external_id as sub from connected_user u join credential c on c.project_id = u.project_id and c.user_id = u.id
      where u.project_id = ${scope.projectId} and c.status = 'VALID'`;
    const kept = new Set(rows.map(({ sub }) => sub));
    return this.answers.filter(({ status, sub }) => status === 200 && !kept.has(sub)).map(({ sub }) => sub);
  }

  private report(missing: string[]): { tables: Table[]; verdicts: Verdict[] } {
    const { answers, restarts } = this;
    const doors = (["gateway", "dashboard"] as const).map((door) => {
      const own = answers.filter((answer) => answer.door === door);
      const refused = own.filter(({ status }) => status !== 200);
      const backAfter = restarts.map(({ upAt }) => {
        const first = own.filter(({ status, began }) => status === 200 && began >= upAt).map(({ ended }) => ended);
        return first.length > 0 ? Math.min(...first) - upAt : Number.POSITIVE_INFINITY;
      });
      return { door, own, refused, backAfter, other: refused.filter(({ status }) => status !== 503) };
    });
    const took = ({ began, ended }: Answer) => ended - began;
    const table: Table = {
      title: `The database restarted ${restarts.length} times under load, in turn fast and immediately`,
      head: ["door", "acknowledged", "503", "answered otherwise", "slowest refusal", "back after, median", "back after, at most"],
      rows: doors.map(({ door, own, refused, backAfter, other }) => [
        door,
        String(own.length - refused.length),
        String(refused.length - other.length),
        String(other.length),
        ms(Math.max(0, ...refused.map(took))),
        ms(median(backAfter)),
        ms(Math.max(...backAfter)),
      ]),
      notes: [
        `the database was away for ${ms(median(restarts.map(({ downAt, upAt }) => upAt - downAt)))} each time (median)`,
        `${CALLERS_EACH} callers at each door`,
      ],
    };
    const verdicts = doors.flatMap(({ door, refused, backAfter, other }): Verdict[] => [
      {
        promise: `${door}: while the database is away the answer is 503, within ${MOST_REFUSAL_MS / 1000} s`,
        kept: refused.length > 0 && other.length === 0 && refused.every((answer) => took(answer) <= MOST_REFUSAL_MS),
        seen: `${refused.length} refused, the slowest after ${ms(Math.max(0, ...refused.map(took)))}${other[0] ? `; ${other.length} otherwise, the first: ${other[0].what}` : ""}`,
      },
      {
        promise: `${door}: back within ${MOST_RETURN_MS / 1000} s of the database`,
        kept: backAfter.every((each) => each <= MOST_RETURN_MS),
        seen: ms(Math.max(...backAfter)),
      },
    ]);
    const acknowledged = answers.filter(({ status }) => status === 200).length;
    return {
      tables: [table],
      verdicts: [
        ...verdicts,
        {
          promise: "every acknowledged id is present",
          kept: acknowledged > 10 * restarts.length && missing.length === 0,
          seen: `${acknowledged} acknowledged, ${missing.length} missing${missing[0] ? `, such as ${missing[0]}` : ""}`,
        },
      ],
    };
  }
}
