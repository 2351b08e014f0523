import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode, TableHTMLAttributes, TdHTMLAttributes, ThHTMLAttributes } from "react";
import { Link } from "./navigation.tsx";

export interface TableProps extends TableHTMLAttributes<HTMLTableElement> {
  /** What the table lists, for screen readers. */
  caption: string;
  /** Rows become two-line cards on narrow screens; place cells with `Cell card`. Without it the table scrolls sideways. */
  cards?: boolean;
}

export function Table({ caption, cards, className, children, ...rest }: TableProps) {
  return (
    // Without cards it may scroll sideways, which a keyboard must be able to do.
    <div className="ui-table-scroll" {...(cards ? {} : { role: "group", "aria-label": caption, tabIndex: 0 })}>
      <table {...rest} className={clsx("ui-table", className)} data-cards={cards || undefined}>
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </div>
  );
}

export type SortDirection = "ascending" | "descending";

export interface ColumnProps extends ThHTMLAttributes<HTMLTableCellElement> {
  numeric?: boolean;
  /** The present order, or "none" for a column that can be sorted by but isn't. */
  sorted?: SortDirection | "none";
  onSort?: () => void;
}

/** A column's head; with `onSort` it is a button that shows its arrow. */
export function Column({ numeric, sorted, onSort, children, ...rest }: ColumnProps) {
  const Arrow = sorted === "ascending" ? ArrowUp : ArrowDown;
  return (
    <th scope="col" {...rest} data-numeric={numeric || undefined} aria-sort={sorted}>
      {onSort ? (
        <button type="button" className="ui-table-sort" data-idle={sorted === "none" || undefined} onClick={onSort}>
          {children}
          <Arrow aria-hidden />
        </button>
      ) : (
        children
      )}
    </th>
  );
}

export interface CellProps extends TdHTMLAttributes<HTMLTableCellElement> {
  numeric?: boolean;
  /** Where the cell goes on a card: nowhere, the second line, the right edge. Default: the first line. */
  card?: "hide" | "line" | "right";
}

export function Cell({ numeric, card, ...rest }: CellProps) {
  return <td {...rest} data-numeric={numeric || undefined} data-card={card} />;
}

/** The name column's content: icon and link. The row itself is no link. */
export function NameLink({ href, icon, children }: { href: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <Link href={href} className="ui-table-name" data-opens>
      {icon}
      <span className="cut">{children}</span>
    </Link>
  );
}
