import { CircleAlert } from "lucide-react";

/** What went wrong with the form as a whole; read out at once. */
export function FormFailure({ failure }: { failure: { message: string } | null }) {
  return (
    <div role="alert" className="empty:hidden">
      {failure && (
        <div className="ui-note mb-4" data-tone="danger">
          <CircleAlert aria-hidden className="icon-s" />
          <span>{failure.message}</span>
        </div>
      )}
    </div>
  );
}
