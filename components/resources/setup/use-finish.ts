"use client";

import { useState } from "react";
import { useNavigation } from "#components/ui/navigation.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Finished } from "#lib/connections/schema.ts";
import { resourcePath } from "#lib/paths.ts";
import type { Setup } from "./setup-context.ts";
import { stepOfPath } from "./step-states.ts";

/** At app level the one credential decides whether calls work, so what became of it is said. */
function tellFinished(name: string, { number, credential = "tested" }: Finished): void {
  const title = `${name} is live`;
  const live = `Revision ${number} answers from now on.`;
  if (credential === "tested") return void toast.success({ title, text: live });
  const said = {
    untested: "No test has tried its credentials yet: send a test request to see whether the API takes them.",
    failing: "Its credentials failed their last test, so calls may be refused: type new ones, test them, then choose Finish again.",
    kept: "The credentials before go on serving, since the newly typed ones failed their test: correct them, test, then choose Finish again.",
  }[credential];
  toast.error({ title, text: `${live} ${said}` });
}

/** Finish: save, publish, go to the resource. With something missing it leads to the first field instead. */
export function useFinish(setup: Setup, showAll: () => void) {
  const { navigate } = useNavigation();
  const [busy, setBusy] = useState(false);

  const finish = async () => {
    const { projectId, resourceId, name } = setup;
    if (!(await setup.save())) return;
    const answer = await setup.actions.publish({ projectId, resourceId, version: setup.version() });
    if (answer.ok) {
      tellFinished(name, answer.data);
      navigate(resourcePath(projectId, resourceId));
      return;
    }
    showAll();
    const path = Object.keys(answer.error.fields ?? {})[0];
    if (path) setup.reveal(stepOfPath(setup.draft, path), path);
    toast.error({ title: "Not live yet", text: answer.error.message });
  };
  const start = () => {
    const { may } = setup;
    if (!may.publish) {
      toast.error({
        title: "Finish takes the role of admin",
        text: "Your draft is saved. Ask an admin of the project to open it and choose Finish.",
      });
      return;
    }
    setBusy(true);
    void finish().finally(() => setBusy(false));
  };
  return { start, busy };
}
