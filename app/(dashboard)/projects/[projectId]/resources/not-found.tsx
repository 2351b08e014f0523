import { ResourceNotFound } from "#components/shell/lazy-page-states.tsx";

export default function NotFound() {
  return <ResourceNotFound />;
}
