"use client";

import { usePathname, useRouter } from "next/navigation";
import { lazy, type ReactNode, Suspense } from "react";
import { NavigationProvider } from "#components/ui/navigation.tsx";
import { useFollowLinks } from "#components/ui/use-follow-links.ts";
import { useHydrated } from "#components/ui/use-now.ts";

const Toaster = lazy(() => import("#components/ui/toaster.tsx").then((module) => ({ default: module.Toaster })));

/** What every page needs. What only some need stands in their layouts: query-provider, url-state-provider. */
export function Providers({ children }: { children: ReactNode }) {
  const router = useRouter();
  const pathname = usePathname();
  useFollowLinks(router);
  return (
    <>
      <NavigationProvider navigate={router.push} pathname={pathname}>
        {children}
      </NavigationProvider>
      <ToasterAfterPage />
    </>
  );
}

/** Toasts come from acts: the server has none to show, and the page doesn't wait for what shows them. */
function ToasterAfterPage() {
  return (
    useHydrated() && (
      <Suspense>
        <Toaster />
      </Suspense>
    )
  );
}
