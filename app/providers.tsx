"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import NextLink from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { NavigationProvider } from "#components/ui/navigation.tsx";

const Toaster = dynamic(() => import("#components/ui/toaster.tsx").then((module) => module.Toaster), { ssr: false });

export function Providers({ children }: { children: ReactNode }) {
  const router = useRouter();
  const pathname = usePathname();
  const [queryClient] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: 1 } } }));
  return (
    <NuqsAdapter>
      <QueryClientProvider client={queryClient}>
        <NavigationProvider link={NextLink} navigate={router.push} pathname={pathname}>
          {children}
        </NavigationProvider>
        <Toaster />
      </QueryClientProvider>
    </NuqsAdapter>
  );
}
