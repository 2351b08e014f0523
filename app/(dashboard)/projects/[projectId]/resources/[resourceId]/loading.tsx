"use client";

import { Card } from "#components/ui/card.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function ResourceLoading() {
  return (
    <Card flush>
      <SkeletonRows label="Loading the resource" rows={8} />
    </Card>
  );
}
