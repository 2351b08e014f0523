import type { ReactNode } from "react";
import { PageHead } from "#components/ui/page-head.tsx";

/** The same while loading, listed, empty and failed: nothing moves between them. */
export function WorkflowsHead({ actions }: { actions?: ReactNode }) {
  return <PageHead title="Workflows" sub="What happens when an event comes in: a trigger, then steps." actions={actions} />;
}
