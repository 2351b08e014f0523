import type { ReactNode } from "react";
import { SettingsHead } from "#components/settings/settings-head.tsx";

/** Decides nothing: each page below asks for itself. */
export default async function SettingsLayout({ children, params }: { children: ReactNode; params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  return (
    <>
      <SettingsHead projectId={projectId} />
      <div className="mt-4">{children}</div>
    </>
  );
}
