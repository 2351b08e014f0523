"use client";

import { ResourcesHead } from "#components/resources/resources-head.tsx";
import { Card } from "#components/ui/card.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";

export default function ResourcesFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <ResourcesHead />
      <Card flush>
        <TableFailed title="The list didn’t load." onRetry={reset}>
          Nothing is lost. Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
        </TableFailed>
      </Card>
    </>
  );
}
