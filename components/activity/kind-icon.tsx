import { ArrowUpRight, IdCard, Plug, RefreshCw, ShieldCheck, Webhook } from "lucide-react";
import type { ActivityKind } from "#lib/activity/words.ts";
import { KIND_LABELS } from "./call-words.ts";

const ICONS = { call: ArrowUpRight, token: RefreshCw, profile: IdCard, verify: ShieldCheck, connect: Plug, webhook: Webhook };

/** What kind of row it is: an icon, with its word on hover and for screen readers. */
export function KindIcon({ kind }: { kind: ActivityKind }) {
  const Icon = ICONS[kind];
  return (
    <span className="activity-kind" title={KIND_LABELS[kind]}>
      <Icon aria-hidden className="icon-s" />
      <span className="sr-only">{KIND_LABELS[kind]}</span>
    </span>
  );
}
