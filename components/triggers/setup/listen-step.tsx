"use client";

import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Card } from "#components/ui/card.tsx";
import { Note } from "#components/ui/note.tsx";
import { triggerPath, triggerStepPath } from "#lib/paths.ts";
import { ListenPanel } from "../listen-panel.tsx";
import { fieldId, useTrigger } from "./setup-context.ts";
import { UrlPart } from "./url-part.tsx";

/** Waits for a real event and shows it arrive. */
export function ListenStep() {
  const { projectId, triggerId, resource, draft, problems, isFinished, heard, setHeard, actions } = useTrigger();
  const isByHand = draft.body.creation === "manual";
  return (
    <>
      <WizardHead title="Listen">
        {isByHand
          ? `Do in ${resource.name} what sends one, such as completing a task. It shows here within seconds.`
          : `The API is told once a user has connected and a workflow that starts with this is enabled. Or send an event to a URL yourself.`}
      </WizardHead>
      {problems.length > 0 ? (
        <Note
          tone="warning"
          className="mb-4"
          title={problems.length === 1 ? "1 thing is missing still." : `${problems.length} things are missing still.`}
        >
          Until then every event is refused and held for 72 h.
          <ul className="trig-missing">
            {problems.map(({ path, step, message }) => (
              <li key={path}>
                <a href={`${triggerStepPath(projectId, triggerId, step)}#${fieldId(path)}`}>{message}</a>
              </li>
            ))}
          </ul>
        </Note>
      ) : (
        isFinished && (
          <Note className="mb-4" title="Events are taken as it was finished last.">
            What you changed since holds from Finish on.
          </Note>
        )
      )}
      <div className="stack">
        <Card title="Events">
          <ListenPanel projectId={projectId} triggerId={triggerId} heard={heard} onHeard={setHeard} listen={actions.listen} />
        </Card>
        <UrlPart />
        <p className="ui-hint">
          Every request at the trigger’s URLs, with what became of it, stands in{" "}
          <a href={triggerPath(projectId, triggerId, "deliveries")}>its deliveries</a>.
        </p>
      </div>
    </>
  );
}
