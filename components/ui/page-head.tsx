import { ChevronRight } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { Link } from "./navigation.tsx";

export interface Crumb {
  label: string;
  /** Left out for the present place. */
  href?: string;
}

export function Crumbs({ crumbs, className }: { crumbs: readonly Crumb[]; className?: string }) {
  return (
    <nav className={`ui-crumbs ${className ?? ""}`} aria-label="Breadcrumb">
      {crumbs.map((crumb, at) => (
        <Fragment key={crumb.label}>
          {at > 0 && <ChevronRight aria-hidden />}
          {crumb.href ? <Link href={crumb.href}>{crumb.label}</Link> : <span className="cut">{crumb.label}</span>}
        </Fragment>
      ))}
    </nav>
  );
}

export interface PageHeadProps {
  title: ReactNode;
  sub?: ReactNode;
  crumbs?: readonly Crumb[];
  /** A large tile at the left. */
  tile?: ReactNode;
  /** Badges and tags right of the title. */
  beside?: ReactNode;
  /** The page's acts; one of them primary. */
  actions?: ReactNode;
}

export function PageHead({ title, sub, crumbs, tile, beside, actions }: PageHeadProps) {
  return (
    <>
      {crumbs && <Crumbs crumbs={crumbs} className="mb-2.5" />}
      <div className="ui-page-head" data-centred={tile ? "" : undefined}>
        {tile}
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-2">
            <h1>{title}</h1>
            {beside}
          </div>
          {sub && <p className="ui-page-sub">{sub}</p>}
        </div>
        {actions && <div className="ui-page-actions">{actions}</div>}
      </div>
    </>
  );
}
