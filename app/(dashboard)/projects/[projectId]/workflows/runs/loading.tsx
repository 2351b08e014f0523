import { Card } from "#components/ui/card.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";

export default function RunsLoading() {
  return (
    <>
      <PageHead
        crumbs={[{ label: "Workflows" }, { label: "Runs" }]}
        title="Runs"
        sub="Each time a workflow ran for a user: what started it, what it did, how it ended."
      />
      <Toolbar>
        <Skeleton className="h-8 w-full" />
      </Toolbar>
      <Card flush>
        <SkeletonRows rows={12} label="Loading runs" />
      </Card>
    </>
  );
}
