import { FlaskConical } from "lucide-react";

/** Says that this is a trial, on what it runs, and where the example API is, whose page has every value to paste. */
export function TrialBanner({ exampleUrl }: { exampleUrl: string }) {
  return (
    <aside className="shell-trial" aria-label="Trial mode">
      <FlaskConical aria-hidden className="icon-s" />
      <p>
        <b>Trial mode.</b> It runs on the embedded database, with{" "}
        <a href={exampleUrl} target="_blank" rel="noreferrer">
          TaskLab, an example API
        </a>{" "}
        beside it. Set DATABASE_URL before real users connect.
      </p>
    </aside>
  );
}
