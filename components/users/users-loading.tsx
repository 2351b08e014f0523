import { Card } from "#components/ui/card.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";

export function UsersLoading() {
  return (
    <>
      <Toolbar>
        <Skeleton className="h-8 w-[280px] max-sm:w-full" />
      </Toolbar>
      <Skeleton className="mb-3 h-7 w-90 max-w-full" />
      <Card flush>
        <SkeletonRows label="Loading users" rows={10} />
      </Card>
    </>
  );
}
