"use client";

import dynamic from "next/dynamic";
import NextLink from "next/link";
import { usePathname, useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { NavigationProvider } from "#components/ui/navigation.tsx";

const Toaster = dynamic(() => import("#components/ui/toaster.tsx").then((module) => module.Toaster), { ssr: false });

/** What every page needs. What only some need stands in their layouts: query-provider, url-state-provider. */
export function Providers({ children }: { children: ReactNode }) {
  const router = useRouter();
  const pathname = usePathname();
  return (
    <>
      <NavigationProvider link={NextLink} navigate={router.push} pathname={pathname}>
        {children}
      </NavigationProvider>
      <Toaster />
    </>
  );
}
