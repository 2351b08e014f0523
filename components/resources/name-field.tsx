"use client";

import { Check, X } from "lucide-react";
import { useCallback } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { type NameCheck, useNameCheck } from "./use-name-check.ts";

export type CheckName = (values: { projectId: string; name: string; resourceId?: string }) => Promise<ActionResult<NameCheck>>;

export interface NameFieldProps {
  projectId: string;
  /** The resource that is to bear the name; left out for a new one. */
  resourceId?: string;
  /** What is typed. */
  name: string;
  /** The name it bears now: not worth asking about. */
  present?: string;
  error?: string;
  hint?: string;
  register: UseFormRegisterReturn;
  checkName: CheckName;
}

const TAKEN = {
  name: "Another resource has this name. Choose another.",
  alias: "This is an old name of another resource, which still works in code. Choose another, or remove that alias on its Setup tab.",
};

/** A resource's name, with "Free" or "Taken" as it is typed. */
export function NameField({ projectId, resourceId, name, present, error, hint, register, checkName }: NameFieldProps) {
  const ask = useCallback((wanted: string) => checkName({ projectId, resourceId, name: wanted }), [checkName, projectId, resourceId]);
  const check = useNameCheck(name.trim() === present ? "" : name, ask);
  const taken = check?.state === "taken" ? TAKEN[check.by] : undefined;
  return (
    <Field label="Name" error={error ?? taken} hint={hint}>
      <Input spellCheck={false} suffix={<Answer check={check} />} {...register} />
    </Field>
  );
}

function Answer({ check }: { check: NameCheck | null }) {
  return (
    <span role="status" className="text-12">
      {check?.state === "free" && (
        <Status tone="success" icon={<Check aria-hidden />}>
          Free
        </Status>
      )}
      {check?.state === "taken" && (
        <Status tone="danger" icon={<X aria-hidden />}>
          Taken
        </Status>
      )}
    </span>
  );
}
