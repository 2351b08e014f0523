"use client";

import type { ReactNode } from "react";
import { Link } from "#components/ui/navigation.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { writeActivityKey } from "#lib/activity/words.ts";
import { deliveryPath, runPath, userPath } from "#lib/paths.ts";
import { runName } from "./run-list.ts";
import { RunLength } from "./run-row.tsx";
import type { RunView } from "./run-view.ts";
import { RunStatusBadge, SOURCE_WORDS } from "./run-words.tsx";

/** How it stands, and what it came from. */
export function RunHead({ projectId, view }: { projectId: string; view: RunView }) {
  const { run, replayOf, delivery } = view;
  const facts: { name: string; value: ReactNode }[] = [
    { name: "Started", value: <TimeOfDay date={run.startedAt ?? run.at} /> },
    { name: "Took", value: <RunLength run={run} /> },
    {
      name: "For",
      value:
        run.userId === null ? (
          "No user"
        ) : run.userKind === "test" ? (
          "Test user"
        ) : (
          <Link href={userPath(projectId, run.userId)}>{run.userName ?? run.externalId}</Link>
        ),
    },
    {
      name: "Because of",
      value:
        delivery && "at" in delivery ? (
          <Link href={deliveryPath(projectId, delivery.triggerId, writeActivityKey(delivery))}>Delivery {delivery.id.slice(0, 4)}</Link>
        ) : delivery ? (
          `Delivery ${delivery.id.slice(0, 4)}, no longer kept`
        ) : (
          SOURCE_WORDS[run.source]
        ),
    },
    ...(replayOf
      ? [{ name: "Replay of", value: <Link href={runPath(projectId, writeActivityKey(replayOf))}>{runName(replayOf)}</Link> }]
      : []),
  ];
  return (
    <div className="run-head">
      <div className="flex flex-wrap items-center gap-2">
        <h1>{runName(run)}</h1>
        <span role="status">
          <RunStatusBadge status={run.status} />
        </span>
        <Tag>Version {run.version}</Tag>
      </div>
      <dl>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
