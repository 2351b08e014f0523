"use client";

import { LoadFailed } from "#components/shell/lazy-errors.tsx";
import type { Failed } from "#components/ui/load-failed.tsx";
import { UsersHead } from "#components/users/users-head.tsx";

export default function UsersFailed(failed: Failed) {
  return (
    <>
      <UsersHead />
      <LoadFailed {...failed} title="The list didn’t load." />
    </>
  );
}
