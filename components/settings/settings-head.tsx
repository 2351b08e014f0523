"use client";

import { useNavigation } from "#components/ui/navigation.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { settingsPath } from "#lib/paths.ts";

const PAGES = [
  { page: "general", label: "General" },
  { page: "sdk-setup", label: "SDK Setup" },
  { page: "members", label: "Members" },
] as const;

export function SettingsHead({ projectId }: { projectId: string }) {
  const { pathname } = useNavigation();
  return (
    <>
      <PageHead title="Settings" />
      <Tabs label="Settings" items={PAGES.map(({ page, label }) => ({ href: settingsPath(projectId, page), label }))} current={pathname} />
    </>
  );
}
