import type { ReactNode } from "react";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import "#components/runs/runs.css";

/** Filters stand in the address. The page authorizes itself. */
export default function RunsLayout({ children }: { children: ReactNode }) {
  return <QueryProvider>{children}</QueryProvider>;
}
