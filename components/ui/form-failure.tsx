import { Note } from "./note.tsx";

/** What went wrong with the form as a whole; read out at once. */
export function FormFailure({ failure }: { failure: string | undefined }) {
  return (
    <div role="alert" className="empty:hidden">
      {failure && <Note tone="danger">{failure}</Note>}
    </div>
  );
}
