"use client";

import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { toast } from "#components/ui/toast.tsx";
import { projectAudience } from "#lib/projects/user-token-claims.ts";
import type { SdkSetupActions } from "./sdk-setup-page.tsx";

export interface RequireAudienceProps {
  project: { id: string; requireAudience: boolean };
  set?: SdkSetupActions["setRequireAudience"];
}

export function RequireAudience({ project, set }: RequireAudienceProps) {
  const [required, setRequired] = useState(project.requireAudience);
  const change = async (requireAudience: boolean) => {
    setRequired(requireAudience);
    const result = await set?.({ projectId: project.id, requireAudience }).catch(() => null);
    if (result?.ok) return;
    setRequired(!requireAudience);
    toast.error({ title: "The setting wasn’t saved", text: result?.error.message ?? "The server can’t be reached." });
  };
  return (
    <Card title="Audience">
      <div className="flex items-start gap-3">
        <Switch checked={required} onCheckedChange={(next) => void change(next)} label="Require an audience" disabled={!set} />
        <div className="min-w-0">
          <p className="font-medium">Require an audience</p>
          <p className="text-12 text-3">
            {required ? "Tokens without an aud are refused. It must be " : "Tokens may leave out aud. Where it is set, it must be "}
            <code className="break-all">{projectAudience(project.id)}</code>.
          </p>
        </div>
      </div>
    </Card>
  );
}
