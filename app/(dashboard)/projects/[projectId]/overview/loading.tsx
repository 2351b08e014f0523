"use client";

import { OverviewHead } from "#components/overview/overview-head.tsx";
import { Card } from "#components/ui/card.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

export default function OverviewLoading() {
  return (
    <>
      <OverviewHead />
      <Card flush>
        <SkeletonRows rows={4} label="Loading what needs attention" />
      </Card>
      <div className="overview-charts">
        {["Calls by status", "Latency"].map((title) => (
          <Card key={title} title={title}>
            <div className="h-[228px]" />
          </Card>
        ))}
      </div>
    </>
  );
}
