import type { Metadata } from "next";
import { ForbiddenPage } from "#components/shell/lazy-page-states.tsx";

export const metadata: Metadata = { title: "Not for your role" };

export default function Forbidden() {
  return <ForbiddenPage />;
}
