import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export function NoActivityYet({ range, onMonth }: { range: string; onMonth?: () => void }) {
  return (
    <EmptyState
      title={`Nothing in ${range}`}
      actions={onMonth && <Button onClick={onMonth}>Look at the last 30 days</Button>}
      steps={[
        { title: "Test", text: "Send Test Request in a resource’s setup: its calls stand here within a second." },
        { title: "Connect", text: "Each connect call, with the calls it needs, and what it was answered." },
        { title: "Call", text: "Each call through a resource and each refresh, with the cause." },
      ]}
    >
      Every outgoing call leaves a row: what was asked, what came back, how long it took. Secrets are masked before anything is kept.
    </EmptyState>
  );
}
