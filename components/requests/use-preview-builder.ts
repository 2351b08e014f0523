"use client";

import { useEffect, useState } from "react";
import type { buildPreview } from "./build-preview.ts";

const load = () => import("./build-preview.ts");

/** The builders and the template engine come after the page. */
export function usePreviewBuilder(): typeof buildPreview | null {
  const [build, setBuild] = useState<{ run: typeof buildPreview } | null>(null);
  useEffect(() => {
    let isMounted = true;
    void load().then((module) => {
      if (isMounted) setBuild({ run: module.buildPreview });
    });
    return () => {
      isMounted = false;
    };
  }, []);
  return build?.run ?? null;
}
