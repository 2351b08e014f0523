import { FlaskConical } from "lucide-react";
import type { ReactNode } from "react";

/** Says that this is a trial, and on what it runs. */
export function TrialBanner({ children }: { children?: ReactNode }) {
  return (
    <aside className="shell-trial" aria-label="Trial mode">
      <FlaskConical aria-hidden className="icon-s" />
      <p>
        <b>Trial mode.</b>{" "}
        {children ?? "It runs on the embedded database, with the example API beside it. Set DATABASE_URL before real users connect."}
      </p>
    </aside>
  );
}
