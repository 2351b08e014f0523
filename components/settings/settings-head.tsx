"use client";

import { useNavigation } from "#components/ui/navigation.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { settingsPath } from "#lib/paths.ts";

const PAGES = [
  { page: "general", label: "General" },
  { page: "sdk-setup", label: "SDK Setup" },
  { page: "secrets", label: "Secrets" },
  { page: "members", label: "Members" },
] as const;

export function SettingsHead({ projectId }: { projectId: string }) {
  const { pathname } = useNavigation();
  return (
    <>
      <div className="ui-page-head mb-2">
        <h1>Settings</h1>
      </div>
      <Tabs label="Settings" items={PAGES.map(({ page, label }) => ({ href: settingsPath(projectId, page), label }))} current={pathname} />
    </>
  );
}
