import type { Verification } from "#lib/triggers/schema.ts";

export const PRESET_NAMES = ["GitHub", "Stripe", "Slack", "Shopify", "Standard Webhooks"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export const presetOf = (name: PresetName): Partial<Verification> => ({ scheme: "none", name }) as never;
