import { CircleCheck, CircleX, ShieldQuestion } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import type { StepTest } from "./editor-types.ts";

export function StepTestBadge({ test }: { test: StepTest }) {
  if (test.state === "asks")
    return (
      <Badge tone="warning" icon={<ShieldQuestion aria-hidden />}>
        Asks first
      </Badge>
    );
  const passed = test.state === "passed";
  return (
    <Badge tone={passed ? "success" : "danger"} icon={passed ? <CircleCheck aria-hidden /> : <CircleX aria-hidden />}>
      {test.summary}
    </Badge>
  );
}
