"use client";

import { TabList, type TabListProps } from "./tab-list.tsx";

/** Two to four views of the same data. Spread `tabPanelProps(id, value)` from tab-list.tsx on what it switches. */
export function Segmented<Value extends string>(props: Omit<TabListProps<Value>, "look">) {
  return <TabList {...props} look="segmented" />;
}
