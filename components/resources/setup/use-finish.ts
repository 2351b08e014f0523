"use client";

import { useState } from "react";
import { useNavigation } from "#components/ui/navigation.tsx";
import { toast } from "#components/ui/toast.tsx";
import { resourcePath } from "#lib/paths.ts";
import type { Setup } from "./setup-context.ts";
import { stepOfPath } from "./step-states.ts";

/** Finish: save, publish, go to the resource. With something missing it leads to the first field instead. */
export function useFinish(setup: Setup, showAll: () => void) {
  const { navigate } = useNavigation();
  const [busy, setBusy] = useState(false);

  const start = async () => {
    const { projectId, resourceId, name, may } = setup;
    if (!may.publish) {
      toast.error({
        title: "Finish takes the role of admin",
        text: "Your draft is saved. Ask an admin of the project to open it and choose Finish.",
      });
      return;
    }
    setBusy(true);
    try {
      if (!(await setup.save())) return;
      const answer = await setup.actions.publish({ projectId, resourceId, version: setup.version() });
      if (answer.ok) {
        toast.success({ title: `${name} is live`, text: `Revision ${answer.data.number} answers from now on.` });
        navigate(resourcePath(projectId, resourceId));
        return;
      }
      showAll();
      const path = Object.keys(answer.error.fields ?? {})[0];
      if (path) setup.reveal(stepOfPath(setup.draft, path), path);
      toast.error({ title: "Not live yet", text: answer.error.message });
    } finally {
      setBusy(false);
    }
  };
  return { start: () => void start(), busy };
}
