import type { ReactNode } from "react";
import { UrlStateProvider } from "#app/url-state-provider.tsx";

/** The dialog that adds a secret is kept in the address. The page authorizes itself. */
export default function SecretsLayout({ children }: { children: ReactNode }) {
  return <UrlStateProvider>{children}</UrlStateProvider>;
}
