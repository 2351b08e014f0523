import type { ReactNode } from "react";
import { PageHead } from "#components/ui/page-head.tsx";

/** The same while loading, listed, empty and failed: nothing moves between them. */
export function ResourcesHead({ actions }: { actions?: ReactNode }) {
  return <PageHead title="Resources" sub="APIs that your users and workflows can reach through Patchbay." actions={actions} />;
}
