"use client";

import { LateInput } from "#components/ui/late-input.tsx";

/** Whose rows: by the id that the customer's app knows a user by. */
export function UserFilter({ value, onChange }: { value: string; onChange: (user: string | null) => void }) {
  return (
    <LateInput
      aria-label="User, by the id your app knows them by"
      placeholder="User id"
      className="ui-toolbar-id"
      value={value}
      onValue={(user) => onChange(user || null)}
    />
  );
}
