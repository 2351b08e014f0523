import type { ReactNode } from "react";
import { QueryProvider } from "#app/query-provider.tsx";
import { UrlStateProvider } from "#app/url-state-provider.tsx";

/** The resource pages refetch and keep filters in the address. Each page authorizes itself. */
export default function ResourcesLayout({ children }: { children: ReactNode }) {
  return (
    <UrlStateProvider>
      <QueryProvider>{children}</QueryProvider>
    </UrlStateProvider>
  );
}
