import { Link } from "./navigation.tsx";

export interface TabItem {
  href: string;
  label: string;
  count?: number;
}

/** The tabs of a page: links with an address each, `current` being the present one. */
export function Tabs({ label, items, current }: { label: string; items: readonly TabItem[]; current: string }) {
  return (
    <nav className="ui-tabs" aria-label={label}>
      {items.map((item) => (
        <Link key={item.href} href={item.href} aria-current={item.href === current ? "page" : undefined}>
          {item.label}
          {item.count !== undefined && <span className="ui-tabs-count">{item.count.toLocaleString("en")}</span>}
        </Link>
      ))}
    </nav>
  );
}
