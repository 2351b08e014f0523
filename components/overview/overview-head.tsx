import { Link } from "#components/ui/navigation.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { OVERVIEW_RANGES, type OverviewRange } from "#lib/activity/words.ts";
import { overviewPath } from "#lib/paths.ts";

const LABELS: Record<OverviewRange, [short: string, long: string]> = {
  "24h": ["24 h", "Last 24 hours"],
  "7d": ["7 d", "Last 7 days"],
  "30d": ["30 d", "Last 30 days"],
};

/** The title; with a range, the links that change it. */
export function OverviewHead({ projectId, range }: { projectId?: string; range?: OverviewRange }) {
  return (
    <PageHead
      title="Overview"
      actions={
        projectId && (
          <nav className="ui-segmented" aria-label="Period of the charts">
            {OVERVIEW_RANGES.map((each) => (
              <Link key={each} href={overviewPath(projectId, each)} aria-current={each === range ? "true" : undefined}>
                <span aria-hidden>{LABELS[each][0]}</span>
                <span className="sr-only">{LABELS[each][1]}</span>
              </Link>
            ))}
          </nav>
        )
      }
    />
  );
}
