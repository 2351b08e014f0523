import type { ReactNode } from "react";
import { PageHead } from "#components/ui/page-head.tsx";

/** The same while loading, listed and failed: nothing moves between them. */
export function ActivityHead({ actions }: { actions?: ReactNode }) {
  return <PageHead title="Activity" sub="Calls, refreshes, webhooks and connects." actions={actions} />;
}
