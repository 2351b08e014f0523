"use client";

import { useEffect, useState } from "react";
import type { ActionResult } from "#lib/errors.ts";

export type NameCheck = { state: "free" } | { state: "taken"; by: "name" | "alias" };

const SETTLE_MS = 300;
const loadSchema = () => import("#lib/resources/schema.ts");

/** Asks, once typing settles, whether a valid name is free. Null: not asked, or no answer. */
export function useNameCheck(typed: string, ask: (name: string) => Promise<ActionResult<NameCheck>>): NameCheck | null {
  const [answer, setAnswer] = useState<{ name: string; check: NameCheck } | null>(null);
  const name = typed.trim();

  useEffect(() => {
    if (!name) return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const { ResourceName } = await loadSchema();
      if (!isCurrent || !ResourceName.safeParse(name).success) return;
      const result = await ask(name).catch(() => null);
      if (isCurrent && result?.ok) setAnswer({ name, check: result.data });
    }, SETTLE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [name, ask]);

  return name && answer?.name === name ? answer.check : null;
}
