import { FlaskConical } from "lucide-react";
import type { ReactNode } from "react";

/** Says that this is a trial, and on what it runs. */
export function TrialBanner({ children }: { children?: ReactNode }) {
  return (
    <div className="shell-trial" role="note">
      <FlaskConical aria-hidden className="icon-s" />
      <b>Trial mode.</b>
      <span>
        {children ?? "It runs on the embedded database, with the example API beside it. Set DATABASE_URL before real users connect."}
      </span>
    </div>
  );
}
