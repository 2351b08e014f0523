import { ActivityHead } from "#components/activity/activity-head.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";

export default function ActivityLoading() {
  return (
    <>
      <ActivityHead />
      <Toolbar>
        <Skeleton className="h-8 w-full" />
      </Toolbar>
      <Card flush>
        <SkeletonRows rows={12} label="Loading activity" />
      </Card>
    </>
  );
}
