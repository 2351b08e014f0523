import type { ReactNode } from "react";
import { UrlStateProvider } from "#app/url-state-provider.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import "#components/activity/activity.css";
import "#components/requests/requests.css";

/** Filters and the open row stand in the address. The page authorizes itself. */
export default function ActivityLayout({ children }: { children: ReactNode }) {
  return (
    <UrlStateProvider>
      <QueryProvider>{children}</QueryProvider>
    </UrlStateProvider>
  );
}
