import type { ReactNode } from "react";
import { UrlStateProvider } from "#app/url-state-provider.tsx";

/** The resource pages keep filters in the address. Each page authorizes itself. */
export default function ResourcesLayout({ children }: { children: ReactNode }) {
  return <UrlStateProvider>{children}</UrlStateProvider>;
}
