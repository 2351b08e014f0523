import type { ReactNode } from "react";
import "#components/overview/overview.css";

export default function OverviewLayout({ children }: { children: ReactNode }) {
  return children;
}
