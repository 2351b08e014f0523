import { redirect } from "next/navigation";
import { settingsPath } from "#lib/paths.ts";

export default async function SettingsPage({ params }: { params: Promise<{ projectId: string }> }) {
  redirect(settingsPath((await params).projectId, "general"));
}
