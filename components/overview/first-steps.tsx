import { Code, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Jack } from "#components/ui/jack.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { activityPath, resourcesPath, resourceTabPath, settingsPath, setupStepPath } from "#lib/paths.ts";

export interface Beginnings {
  hasResource: boolean;
  hasLive: boolean;
  hasUser: boolean;
  hasCall: boolean;
  /** The newest resource, a live one first. */
  resourceId: string | null;
}

/** Whether the project is past its beginnings: then these steps teach nothing. */
export const hasBegun = ({ hasLive, hasUser, hasCall }: Beginnings): boolean => hasLive && hasUser && hasCall;

/** From nothing to the first call, with what is done ticked. */
export function FirstSteps({ projectId, mayEdit, ...done }: Beginnings & { projectId: string; mayEdit: boolean }) {
  const { resourceId } = done;
  const steps = [
    { title: "Describe an API", isDone: done.hasLive, text: resourceText(projectId, done, mayEdit) },
    {
      title: "Connect the first user",
      isDone: done.hasUser,
      text: (
        <>
          Your back end signs a user token with a key of <Link href={settingsPath(projectId, "sdk-setup")}>SDK Setup</Link>; your app hands
          over the user’s credential once.
        </>
      ),
    },
    {
      title: "Make the first call",
      isDone: done.hasCall,
      text: (
        <>
          Call the API by the resource’s name; the token is Patchbay’s care. Each call stands in{" "}
          <Link href={activityPath(projectId)}>Activity</Link> within a second.
        </>
      ),
    },
  ];
  const now = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Card title="From the first resource to the first call" note={`${steps.filter(({ isDone }) => isDone).length} of 3`} flush>
      <ol className="ui-three overview-steps">
        {steps.map(({ title, text, isDone }, at) => (
          <li key={title} aria-current={at === now ? "step" : undefined}>
            <h3>
              <Jack state={isDone ? "done" : at === now ? "now" : "todo"} />
              {title}
              {isDone && <span className="sr-only">, done</span>}
            </h3>
            <p>{text}</p>
            {at === now && <NextStep at={at} projectId={projectId} resourceId={resourceId} done={done} mayEdit={mayEdit} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function resourceText(projectId: string, { hasResource }: Beginnings, mayEdit: boolean): ReactNode {
  if (hasResource) return "How it authenticates, where it lives, how to test it. Finish makes the resource live.";
  return (
    <>
      How it authenticates, where it lives, how to test it: once, for all users.
      {!mayEdit && (
        <>
          {" "}
          An editor of the project can begin under <Link href={resourcesPath(projectId)}>Resources</Link>.
        </>
      )}
    </>
  );
}

interface NextStepProps {
  at: number;
  projectId: string;
  resourceId: string | null;
  done: Beginnings;
  mayEdit: boolean;
}

function NextStep({ at, projectId, resourceId, done, mayEdit }: NextStepProps) {
  if (at === 0) {
    if (!mayEdit) return null;
    return (
      <ButtonLink
        variant="primary"
        className="mt-3"
        href={done.hasResource && resourceId ? setupStepPath(projectId, resourceId, "api-info") : `${resourcesPath(projectId)}?new=1`}
      >
        {done.hasResource ? (
          "Continue setup"
        ) : (
          <>
            <Plus aria-hidden />
            Create Resource
          </>
        )}
      </ButtonLink>
    );
  }
  if (!resourceId) return null;
  return (
    <ButtonLink variant="primary" className="mt-3" href={resourceTabPath(projectId, resourceId, "code")}>
      <Code aria-hidden />
      {at === 1 ? "Code to connect" : "Code to call"}
    </ButtonLink>
  );
}
