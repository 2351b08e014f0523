import { Card } from "#components/ui/card.tsx";
import { Skeleton, SkeletonRows } from "#components/ui/skeleton.tsx";

export default function UserLoading() {
  return (
    <>
      <Skeleton className="mb-5 h-10 w-90 max-w-full" />
      <div className="usr-split">
        <Card flush>
          <SkeletonRows label="Loading the user" rows={3} />
        </Card>
        <Card flush>
          <SkeletonRows label="Loading the credential" rows={8} />
        </Card>
      </div>
    </>
  );
}
