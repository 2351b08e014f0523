"use client";

import { useNavigation } from "#components/ui/navigation.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { resourceTabPath } from "#lib/paths.ts";

export interface ResourceTabsProps {
  projectId: string;
  resource: { id: string; name: string };
  revisions: number;
}

export function ResourceTabs({ projectId, resource, revisions }: ResourceTabsProps) {
  const { pathname } = useNavigation();
  const tab = (name: Parameters<typeof resourceTabPath>[2], label: string, count?: number) => ({
    href: resourceTabPath(projectId, resource.id, name),
    label,
    count,
  });
  const items = [
    tab("overview", "Overview"),
    tab("setup", "Setup"),
    ...(revisions > 0 ? [tab("triggers", "Triggers")] : []),
    tab("users", "Connected Users"),
    tab("activity", "Activity"),
    tab("code", "Code"),
  ];
  if (revisions > 0) items.push(tab("revisions", "Revisions", revisions));
  return <Tabs label={resource.name} items={items} current={pathname} />;
}
