"use client";

import { WizardSection } from "#components/shell/wizard-shell.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { useDraftField } from "./draft-field.ts";
import { useSetup } from "./setup-context.ts";

const ProfileSettings = lazyPart(async () => (await import("./profile-settings.tsx")).ProfileSettings, <Skeleton className="h-60" />);

export function ProfileFields() {
  const { name } = useSetup();
  const enabled = useDraftField<boolean>("profile.enabled");
  return (
    <WizardSection
      title="User Profile"
      mark="Optional"
      text={`Who the user is at ${name}. Fetched when they connect, kept beside the credential, and read again with its checks.`}
      action={<Switch className="ml-auto flex-none" label="User Profile" checked={enabled.value} onCheckedChange={enabled.set} />}
    >
      {enabled.value && <ProfileSettings />}
    </WizardSection>
  );
}
