import { Code, KeyRound } from "lucide-react";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { resourcesPath, resourceTabPath, settingsPath } from "#lib/paths.ts";

export interface NoUsersYetProps {
  projectId: string;
  resource: { id: string; name: string } | null;
  resources: readonly { id: string; name: string }[];
}

/** Teaches how the first user is connected. */
export function NoUsersYet({ projectId, resource, resources }: NoUsersYetProps) {
  const first = resource ?? resources[0];
  return (
    <Card flush>
      <EmptyState
        title={resource ? `Nobody has connected ${resource.name} yet` : "No one has connected yet"}
        actions={
          <>
            <ButtonLink variant="primary" href={first ? resourceTabPath(projectId, first.id, "code") : `${resourcesPath(projectId)}?new=1`}>
              <Code aria-hidden />
              {first ? `Code of ${first.name}` : "Create Resource"}
            </ButtonLink>
            <ButtonLink href={settingsPath(projectId, "sdk-setup")}>
              <KeyRound aria-hidden />
              SDK Setup
            </ButtonLink>
          </>
        }
        steps={[
          {
            title: "Sign a user token",
            text: (
              <>
                Your back end signs one for each user with a key of <Link href={settingsPath(projectId, "sdk-setup")}>SDK Setup</Link>. Its{" "}
                <code>sub</code> is the user’s id here.
              </>
            ),
          },
          {
            title: "Connect",
            text: (
              <>
                Call <code>{`connectAction("${first?.name ?? "TaskLab"}", { … })`}</code> in your app, or send the one REST request of the
                Code tab.
              </>
            ),
          },
          { title: "Watch it here", text: "Status with its reason, what is refreshed when, and what happened to each credential." },
        ]}
      >
        A connected user is someone who uses your app, and whose credentials Patchbay keeps alive. They appear here by themselves once they
        connect a resource.
      </EmptyState>
    </Card>
  );
}
