import { UsersHead } from "#components/users/users-head.tsx";
import { UsersLoading } from "#components/users/users-loading.tsx";

export default function UsersListLoading() {
  return (
    <>
      <UsersHead />
      <UsersLoading />
    </>
  );
}
