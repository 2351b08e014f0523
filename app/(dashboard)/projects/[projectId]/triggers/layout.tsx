import type { ReactNode } from "react";
import { UrlStateProvider } from "#app/url-state-provider.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import "#components/activity/activity.css";
import "#components/requests/requests.css";
import "#components/triggers/triggers.css";
import "#components/users/users.css";

/** Filters and the open delivery stand in the address. Each page authorizes itself. */
export default function TriggersLayout({ children }: { children: ReactNode }) {
  return (
    <UrlStateProvider>
      <QueryProvider>{children}</QueryProvider>
    </UrlStateProvider>
  );
}
