import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export function NoRunsYet({ range, onMonth }: { range: string; onMonth?: () => void }) {
  return (
    <EmptyState
      title={`No run in ${range}`}
      actions={onMonth && <Button onClick={onMonth}>Look at the last 30 days</Button>}
      steps={[
        { title: "Publish", text: "A workflow runs once it is published and switched on." },
        { title: "Start", text: "By a webhook, an event of your app, a request, a schedule, or a user who connects." },
        { title: "Follow", text: "Each run shows the path it took, and of each step its input, output and attempts." },
      ]}
    >
      A run survives restarts and goes on where it stopped. One that failed stays here, and can be replayed.
    </EmptyState>
  );
}
