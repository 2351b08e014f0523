"use client";

import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ResourceDraft } from "#lib/resources/schema.ts";

// Each authentication type brings the fields that it asks for, and no other's.

export const OAuthSettings = lazyPart(async () => (await import("./oauth-settings.tsx")).OAuthSettings, <Skeleton className="h-60" />);
export const KeySettings = lazyPart(async () => (await import("./key-settings.tsx")).KeySettings, <Skeleton className="h-60" />);
export const AppCredentials = lazyPart(async () => (await import("./app-credentials.tsx")).AppCredentials, <Skeleton className="h-60" />);

/** For the step that shows them, before it is gone to. */
export function preloadSettings({ level, authType }: Pick<ResourceDraft, "level" | "authType">): void {
  if (!authType) return;
  const Settings = level === "app" ? AppCredentials : authType === "api_key" ? KeySettings : OAuthSettings;
  void Settings.preload();
}
