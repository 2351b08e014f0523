import { Code } from "lucide-react";
import type { CallSummary } from "#components/activity/call-words.ts";
import { RecentCalls } from "#components/activity/recent-calls.tsx";
import type { ReadActivity } from "#components/activity/story-of.tsx";
import { JsonText } from "#components/requests/json-text.tsx";
import { ResourceTile } from "#components/resources/resource-tile.tsx";
import { Avatar } from "#components/ui/avatar.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { LateCodeBlock } from "#components/ui/late-code-block.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { activityPath, resourcesPath, userPath, usersPath } from "#lib/paths.ts";
import { CredentialCard } from "./credential-card.tsx";
import { CredentialBadge } from "./credential-words.tsx";
import { DeleteUser } from "./delete-user.tsx";
import { Moment } from "./moment.tsx";
import { displayName } from "./user-list.ts";
import type { CredentialDetail, TimelinePage, UserActions, UserDetail, UserWorkflowRow } from "./user-page-types.ts";
import { UserWorkflows } from "./user-workflows.tsx";

export interface UserPageProps {
  projectId: string;
  user: UserDetail;
  credentials: readonly CredentialDetail[];
  /** The one that is shown, with its timeline. Null where nothing is connected. */
  chosen: { credential: CredentialDetail; timeline: TimelinePage } | null;
  workflows: readonly UserWorkflowRow[];
  calls: readonly CallSummary[];
  readCall: ReadActivity;
  may: { act: boolean; delete: boolean; switch: boolean };
  actions: UserActions;
}

export function UserPage({ projectId, user, credentials, chosen, workflows, calls, readCall, may, actions }: UserPageProps) {
  const name = displayName(user);
  return (
    <>
      <PageHead
        crumbs={[{ label: "Connected Users", href: usersPath(projectId) }, { label: name }]}
        tile={<Avatar name={name} size="large" />}
        title={name}
        sub={
          <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
            <code className="min-w-0 break-all">{user.externalId}</code>
            <CopyButton text={user.externalId} label="Copy user id" />
            {user.email && <span className="min-w-0 break-all">{user.email}</span>}
          </span>
        }
        actions={
          may.delete && (
            <DeleteUser
              projectId={projectId}
              user={{ id: user.id, name }}
              resources={credentials.map(({ resource }) => resource)}
              remove={actions.remove}
            />
          )
        }
      />
      <div className="usr-split">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
          <Picker projectId={projectId} userId={user.id} credentials={credentials} chosenId={chosen?.credential.id ?? null} />
          <Card title="Details">
            <KeyValues
              items={[
                { name: "First seen", value: <Moment date={user.createdAt} past /> },
                { name: "Last active", value: user.lastSeenAt ? <RelativeTime date={user.lastSeenAt} /> : "Never" },
              ]}
            />
          </Card>
          <Metadata metadata={user.metadata} />
        </div>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
          {chosen ? (
            <CredentialCard
              key={chosen.credential.id}
              projectId={projectId}
              user={{ id: user.id, name, externalId: user.externalId }}
              credential={chosen.credential}
              timeline={chosen.timeline}
              mayAct={may.act}
              actions={actions}
            />
          ) : (
            <Card title="Nothing connected">
              <p className="text-2">Your app knows this user, but they haven’t connected a resource, or were disconnected.</p>
              <ButtonLink className="mt-3" href={resourcesPath(projectId)}>
                <Code aria-hidden />
                Resources
              </ButtonLink>
            </Card>
          )}
          <UserWorkflows projectId={projectId} user={user} rows={workflows} maySwitch={may.switch} send={actions.switchWorkflow} />
          <RecentCalls
            projectId={projectId}
            title="Recent activity"
            of="user"
            calls={calls}
            href={activityPath(projectId, { user: user.externalId })}
            empty="No calls for this user in the last 30 days."
            read={readCall}
          />
        </div>
      </div>
    </>
  );
}

interface PickerProps {
  projectId: string;
  userId: string;
  credentials: readonly CredentialDetail[];
  chosenId: string | null;
}

/** Each credential is a link: which one is shown stands in the address. */
function Picker({ projectId, userId, credentials, chosenId }: PickerProps) {
  if (credentials.length === 0) return null;
  return (
    <Card title="Credentials" note={credentials.length} flush>
      <ul className="usr-picks">
        {credentials.map((credential) => (
          <li key={credential.id}>
            <Link
              href={`${userPath(projectId, userId)}?credential=${credential.id}`}
              aria-current={credential.id === chosenId ? "true" : undefined}
            >
              <ResourceTile appearance={credential.appearance} />
              <span className="min-w-0 flex-1">
                <b className="cut">{credential.resource}</b>
                <small className="cut">
                  <NextThing credential={credential} />
                </small>
              </span>
              <CredentialBadge status={credential.status} className="flex-none" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function NextThing({ credential: { status, sentence, isApiKey, nextRefreshAt, expiresAt } }: { credential: CredentialDetail }) {
  if (status !== "VALID") return sentence;
  if (isApiKey) return "API key, doesn’t expire";
  if (nextRefreshAt) {
    return (
      <>
        Renews <Moment date={nextRefreshAt} form="ahead" />
      </>
    );
  }
  if (!expiresAt) return "Renewed when the API refuses it";
  return (
    <>
      {new Date(expiresAt) < new Date() ? "Expired" : "Expires"} <Moment date={expiresAt} form="ahead" />
    </>
  );
}

function Metadata({ metadata }: { metadata: Record<string, unknown> }) {
  const text = JSON.stringify(metadata, null, 2);
  if (text === "{}") {
    return (
      <Card title="Metadata">
        <p className="text-2">
          None. Your app sets it by <code>{"setUserMetadata({ … })"}</code>; a Name and an Email in it can be searched for.
        </p>
      </Card>
    );
  }
  return (
    <LateCodeBlock label="metadata" title="Metadata" code={text} wrap>
      <JsonText text={text} />
    </LateCodeBlock>
  );
}
