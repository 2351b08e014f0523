"use client";

import { Card } from "#components/ui/card.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";
import { UsersHead } from "#components/users/users-head.tsx";

export default function UsersFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <UsersHead />
      <Card flush>
        <TableFailed title="The list didn’t load." onRetry={reset}>
          Nothing is lost. Try again; if it stays, give an admin this id: {error.digest ?? "none"}.
        </TableFailed>
      </Card>
    </>
  );
}
