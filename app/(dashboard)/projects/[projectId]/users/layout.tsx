import type { ReactNode } from "react";
import { UrlStateProvider } from "#app/url-state-provider.tsx";
import "#components/activity/activity.css";
import "#components/requests/requests.css";
import "#components/users/user-page.css";
import "#components/users/users.css";

/** The list keeps its filters in the address. Each page authorizes itself. */
export default function UsersLayout({ children }: { children: ReactNode }) {
  return <UrlStateProvider>{children}</UrlStateProvider>;
}
