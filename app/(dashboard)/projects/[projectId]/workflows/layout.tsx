import type { ReactNode } from "react";
import { UrlStateProvider } from "#app/url-state-provider.tsx";

/** The list keeps its filters in the address. Each page authorizes itself. */
export default function WorkflowsLayout({ children }: { children: ReactNode }) {
  return <UrlStateProvider>{children}</UrlStateProvider>;
}
