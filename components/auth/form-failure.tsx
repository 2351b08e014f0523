import { Note } from "#components/ui/note.tsx";

/** What went wrong with the form as a whole; read out at once. */
export function FormFailure({ failure }: { failure: { message: string } | null }) {
  return (
    <div role="alert" className="empty:hidden">
      {failure && <Note tone="danger">{failure.message}</Note>}
    </div>
  );
}
