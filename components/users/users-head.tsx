import { PageHead } from "#components/ui/page-head.tsx";

export function UsersHead() {
  return <PageHead title="Connected Users" sub="The people of your app who have connected a resource, or tried to." />;
}
