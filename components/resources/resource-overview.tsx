import { CircleCheck, CircleX, Clock } from "lucide-react";
import type { ReactNode } from "react";
import type { CallSummary } from "#components/activity/call-words.ts";
import { RecentCalls } from "#components/activity/recent-calls.tsx";
import type { ReadActivity } from "#components/activity/story-of.tsx";
import { TrendLine } from "#components/activity/trend-line.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FigureStrip, IdRow, KeyValues } from "#components/ui/key-values.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import type { LearnedTokens } from "#lib/connections/schema.ts";
import { resourceTabPath } from "#lib/paths.ts";
import { formatCount } from "./format-count.ts";
import { LearnedFacts } from "./learned-facts.tsx";
import { TemplateText } from "./template-text.tsx";

export interface ResourceFigures {
  success: string | null;
  calls: number;
  /** Milliseconds. */
  p50: number | null;
  p95: number | null;
  /** One entry an hour, oldest first. */
  trend: { success: (number | null)[]; calls: number[]; p50: (number | null)[]; p95: (number | null)[] };
}

export type CredentialSummary =
  | { level: "user"; counts: Record<"VALID" | "PENDING" | "INVALID", number> }
  | { level: "app"; status: "VALID" | "PENDING" | "INVALID" | null };

/** What keeps tokens from being renewed; `outageSince` as RFC 3339. */
export type RenewalTrouble = { outageSince: string | null; lastFailure: string | null; clientRefused: number };

export interface ResourceOverviewProps {
  projectId: string;
  resourceId: string;
  figures: ResourceFigures;
  calls: readonly CallSummary[];
  readCall: ReadActivity;
  /** The whole address. */
  connectEndpoint: string;
  /** Null while there is no level yet. */
  credentials: CredentialSummary | null;
  trouble: RenewalTrouble;
  /** By a Refresh drill; null before the first. */
  learned: LearnedTokens | null;
  baseUrl: string;
  /** Null for a draft. */
  published: { number: number; at: string; by: string | null } | null;
  changes: { count: number; compareHref: string };
  /** Where a draft goes on; null for those who may not edit. */
  continueHref: string | null;
}

export function ResourceOverview(props: ResourceOverviewProps) {
  const { projectId, resourceId, figures, calls, readCall, connectEndpoint, credentials, published, changes, continueHref } = props;
  return (
    <>
      <TroubleNotes {...props.trouble} setupHref={resourceTabPath(projectId, resourceId, "setup")} />
      {!published && <DraftNote continueHref={continueHref} />}
      {published && changes.count > 0 && (
        <Note
          className="mb-4"
          title={changes.count === 1 ? "1 unpublished change." : `${changes.count} unpublished changes.`}
          action={
            <ButtonLink size="small" className="no-underline!" href={changes.compareHref}>
              Compare
            </ButtonLink>
          }
        >
          Calls use revision {published.number} until the draft is published.
        </Note>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)_344px] items-start gap-4 max-lg:grid-cols-1">
        <div className="stack min-w-0">
          <Figures {...figures} />
          <RecentCalls
            projectId={projectId}
            title="Recent calls"
            of="resource"
            calls={calls}
            href={resourceTabPath(projectId, resourceId, "activity")}
            empty="No calls yet. Send a test request: each call then stands here within a second."
            read={readCall}
          />
        </div>
        <div className="stack min-w-0">
          <Card title="IDs" flush>
            <div className="px-4 py-1.5">
              <IdRow name="Resource ID" value={resourceId} />
              <IdRow name="Project ID" value={projectId} />
              {credentials?.level !== "app" && <IdRow name="Connect endpoint" value={connectEndpoint} />}
            </div>
          </Card>
          {credentials && <Credentials {...credentials} />}
          {props.learned && (
            <Card title="Tokens">
              <LearnedFacts learned={props.learned} />
            </Card>
          )}
          <Definition {...props} />
        </div>
      </div>
    </>
  );
}

const FAILURES: Record<string, string> = {
  unreachable: "It can’t be reached.",
  server_error: "It answers with 5xx.",
  rate_limited: "It asks to slow down.",
};

/** "The API is down" is told apart from "this user must reconnect": here is what isn't the users' to mend. */
function TroubleNotes({ outageSince, lastFailure, clientRefused, setupHref }: RenewalTrouble & { setupHref: string }) {
  return (
    <>
      {outageSince && (
        <Note className="mb-4" tone="warning" title="The token endpoint is failing for most users.">
          {FAILURES[lastFailure ?? ""] ?? "Its answers hold no token."} Since <RelativeTime date={outageSince} />. Renewals go on being
          tried, tokens that still live stay in use, and nobody is asked to reconnect.
        </Note>
      )}
      {clientRefused > 0 && (
        <Note
          className="mb-4"
          tone="danger"
          title={`${clientRefused > 1000 ? "1,000+" : clientRefused} ${clientRefused === 1 ? "credential" : "credentials"} can’t be renewed: the API refuses this client.`}
          action={
            <ButtonLink size="small" className="no-underline!" href={setupHref}>
              Check Client ID and Client Secret
            </ButtonLink>
          }
        >
          Users have nothing to do. Correct the resource, and the next turn renews.
        </Note>
      )}
    </>
  );
}

function DraftNote({ continueHref }: { continueHref: string | null }) {
  return (
    <Note
      className="mb-4"
      title="Nothing is live yet."
      action={
        continueHref && (
          <ButtonLink size="small" className="no-underline!" href={continueHref}>
            Continue setup
          </ButtonLink>
        )
      }
    >
      This is a draft: users can’t connect and calls answer 404 until it is published with Finish.
    </Note>
  );
}

function Figures({ success, calls, p50, p95, trend }: ResourceFigures) {
  const none = <span className="font-normal text-3">No calls yet</span>;
  const ms = (value: number | null) => (value === null ? none : `${value.toLocaleString("en")} ms`);
  const line = (chart: ReactNode) => (calls === 0 ? undefined : chart);
  return (
    <section aria-label="Health, last 24 hours">
      <FigureStrip
        figures={[
          { name: "Success, 24 h", value: success ?? none, note: line(<TrendLine values={trend.success} floor={0} />) },
          {
            name: "Calls, 24 h",
            value: calls === 0 ? none : calls.toLocaleString("en"),
            note: line(<TrendLine values={trend.calls} floor={0} />),
          },
          { name: "Latency p50", value: ms(p50), note: line(<TrendLine values={trend.p50} />) },
          { name: "Latency p95", value: ms(p95), note: line(<TrendLine values={trend.p95} series={2} />) },
        ]}
      />
    </section>
  );
}

const STATES = [
  { status: "VALID", label: "Valid", tone: "success", fill: "var(--chart-2xx)", Icon: CircleCheck },
  { status: "PENDING", label: "Pending", tone: "warning", fill: "var(--chart-4xx)", Icon: Clock },
  { status: "INVALID", label: "Invalid", tone: "danger", fill: "var(--chart-5xx)", Icon: CircleX },
] as const;

function Credentials(credentials: CredentialSummary) {
  if (credentials.level === "app") {
    const state = STATES.find(({ status }) => status === credentials.status);
    return (
      <Card title="Credentials">
        <p className="text-2">One credential serves all users.</p>
        <p className="mt-2">
          {state ? (
            <Status tone={state.tone} icon={<state.Icon aria-hidden />}>
              {state.label}
            </Status>
          ) : (
            <Status tone="idle">Not set</Status>
          )}
        </p>
      </Card>
    );
  }
  const { counts } = credentials;
  const total = counts.VALID + counts.PENDING + counts.INVALID;
  return (
    <Card title="Credentials">
      {total === 0 ? (
        <p className="text-2">No user has connected yet.</p>
      ) : (
        <>
          <CredentialBar counts={counts} total={total} />
          <dl className="mt-3 grid gap-2">
            {STATES.map(({ status, label, tone, Icon }) => (
              <div key={status} className="flex items-center justify-between">
                <dt>
                  <Status tone={tone} icon={<Icon aria-hidden />}>
                    <span className="text-2">{label}</span>
                  </Status>
                </dt>
                <dd>{formatCount(counts[status])}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Card>
  );
}

const BAR = 320;
const GAP = 2;
const LEAST = 4;

/** Shares of one bar; the least share can still be seen. */
function CredentialBar({ counts, total }: { counts: Record<string, number>; total: number }) {
  const parts = STATES.filter(({ status }) => counts[status]! > 0);
  const small = parts.map(({ status }) => Math.max(LEAST, (counts[status]! / total) * BAR));
  const scale = (BAR - GAP * (parts.length - 1)) / small.reduce((sum, width) => sum + width, 0);
  const widths = small.map((width) => width * scale);
  const startOf = (index: number) => widths.slice(0, index).reduce((sum, width) => sum + width + GAP, 0);
  return (
    <svg className="block h-2 w-full" viewBox={`0 0 ${BAR} 8`} preserveAspectRatio="none" aria-hidden>
      {parts.map(({ status, fill }, index) => (
        <rect key={status} x={startOf(index)} width={widths[index]} height="8" fill={fill} />
      ))}
    </svg>
  );
}

function Definition({ baseUrl, published, changes }: ResourceOverviewProps) {
  return (
    <Card title="Definition" actions={published && changes.count > 0 && <Link href={changes.compareHref}>Compare with draft</Link>}>
      <p className="ui-hint">API Base URL</p>
      <p className="mb-3">{baseUrl ? <TemplateText text={baseUrl} /> : <span className="text-3">Not set</span>}</p>
      <KeyValues
        items={[
          {
            name: "Published",
            value: published ? (
              <>
                <RelativeTime date={published.at} /> by {published.by ?? "a former member"}
              </>
            ) : (
              <span className="text-3">Not yet</span>
            ),
          },
        ]}
      />
    </Card>
  );
}
