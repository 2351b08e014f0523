import { ForbiddenInProject } from "#components/shell/lazy-page-states.tsx";

export default function Forbidden() {
  return <ForbiddenInProject />;
}
