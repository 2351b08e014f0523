"use client";

import { Users } from "lucide-react";
import { type Ref, useEffect, useEffectEvent, useState } from "react";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { QuietChoices } from "#components/ui/quiet-choices.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { userPath, usersPath } from "#lib/paths.ts";
import type { EditorActions, WorkflowStanding, WorkflowSwitches } from "./editor-types.ts";
import { PanelFrame } from "./panel-frame.tsx";

export interface UsersPanelProps {
  ref?: Ref<HTMLElement>;
  ids: { projectId: string; workflowId: string };
  standing: WorkflowStanding;
  mayEnable: boolean;
  read: EditorActions["readUsers"];
  onEnable: (enabled: boolean) => void;
  onDefault: (isOn: boolean) => void;
  onClose: () => void;
}

/** For whom it starts: the switch of the project, the default, and the users who have a switch of their own. */
export function UsersPanel({ ref, ids, standing, mayEnable, read, onEnable, onDefault, onClose }: UsersPanelProps) {
  const { number, isEnabled, isOnByDefault } = standing;
  return (
    <PanelFrame ref={ref} icon={<Users aria-hidden />} kind="Connected users" title="Whom it runs for" onClose={onClose}>
      <section>
        <h3 className="mb-2">The whole project</h3>
        {number === null ? (
          <p className="text-2">Nothing is published yet. The first Publish enables it.</p>
        ) : (
          <div className="flex items-start gap-3">
            <Switch
              label="Enabled for the project"
              checked={isEnabled}
              disabled={!mayEnable}
              onCheckedChange={onEnable}
              aria-describedby="flow-users-enabled"
            />
            <div>
              <b>Enabled</b>
              <p className="ui-hint mt-0!" id="flow-users-enabled">
                Off, it starts for nobody, whatever users have chosen. Runs that have begun go on.
              </p>
            </div>
          </div>
        )}
      </section>
      <QuietChoices
        legend="Connected users who haven’t chosen"
        name="workflow-default"
        value={isOnByDefault ? "on" : "off"}
        disabled={!mayEnable}
        onChange={(event) => onDefault(event.target.value === "on")}
        choices={[
          { value: "on", name: "On", text: "It starts for everyone, until it is switched off for them." },
          { value: "off", name: "Off", text: "It starts only for those it is switched on for." },
        ]}
      />
      <Switches ids={ids} read={read} />
      <CodeBlock
        label="In your app, for the user who is signed in"
        code={`await patchbay.enableWorkflow("${ids.workflowId}");\nawait patchbay.disableWorkflow("${ids.workflowId}");`}
      />
    </PanelFrame>
  );
}

function Switches({ ids, read }: Pick<UsersPanelProps, "ids" | "read">) {
  const [found, setFound] = useState<WorkflowSwitches | null>(null);
  const [error, setError] = useState<string | null>(null);
  const load = useEffectEvent(async () => {
    const result = await read(ids).catch(() => null);
    if (result?.ok) setFound(result.data);
    else setError(result ? result.error.message : "The server can’t be reached. Close this and open it again.");
  });
  useEffect(() => {
    void load();
  }, []);
  return (
    <section>
      <div className="mb-2 flex items-baseline gap-2">
        <h3>Users with a switch of their own</h3>
        {found && found.newest.length > 0 && (
          <span className="ml-auto text-12 text-3">
            {most(found.on)} on, {most(found.off)} off
          </span>
        )}
      </div>
      {error && (
        <Note tone="danger" role="alert">
          {error}
        </Note>
      )}
      {!found && !error && <Skeleton className="h-16 w-full" />}
      {found?.newest.length === 0 && (
        <p className="text-2">
          None: the default holds for everyone. Switch it for one of them on their page, under{" "}
          <Link href={usersPath(ids.projectId)}>Connected Users</Link>, or from your app.
        </p>
      )}
      {found && found.newest.length > 0 && (
        <ul className="flow-users">
          {found.newest.map((user) => (
            <li key={user.userId}>
              <Link href={userPath(ids.projectId, user.userId)} className="cut">
                {user.name ?? user.externalId}
              </Link>
              <span className="ml-auto text-12 text-3">
                <RelativeTime date={user.at} />
              </span>
              <Status tone={user.enabled ? "success" : "idle"}>{user.enabled ? "On" : "Off"}</Status>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const most = (count: number): string => (count > 1_000 ? "1,000+" : String(count));
