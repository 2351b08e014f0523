"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";

/** For pages that keep their filters in the address. */
export const UrlStateProvider = ({ children }: { children: ReactNode }) => <NuqsAdapter>{children}</NuqsAdapter>;
