"use client";

import { useEffect, useState } from "react";
import { useFieldArray } from "react-hook-form";
import { useSetup } from "./setup-context.ts";

/**
 * A list of the draft, of which one row is open. A link to a field of a closed row opens it. No row is open when the page comes:
 * what one consists of is fetched after the page, by `load`.
 */
export function useRowEditor<Name extends "inputs" | "apiKeys">(name: Name, load: () => Promise<unknown>) {
  const { control, problems, problemAt, revealed, reveal, step } = useSetup();
  const list = useFieldArray({ control, name });
  const [open, setOpen] = useState<number | null>(null);

  useEffect(() => {
    load().catch(() => {});
  }, [load]);

  const [seen, setSeen] = useState<number>();
  if (revealed && revealed.n !== seen) {
    setSeen(revealed.n);
    const index = new RegExp(`^${name}\\.(\\d+)\\.`).exec(revealed.path)?.[1];
    if (index) setOpen(Number(index));
  }

  /** Opens a row that was just added and leads to its first field. */
  const openAt = (index: number, field: string) => {
    setOpen(index);
    reveal(step, `${name}.${index}.${field}`);
  };
  const remove = (index: number) => {
    list.remove(index);
    setOpen(null);
  };
  /** How many problems a closed row hides. */
  const problemsIn = (index: number) => problems.filter(({ path }) => path.startsWith(`${name}.${index}.`) && problemAt(path)).length;
  return { problemsIn, list, open, setOpen, openAt, remove };
}
