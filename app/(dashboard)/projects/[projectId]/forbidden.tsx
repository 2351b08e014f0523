import { ButtonLink } from "#components/ui/button.tsx";
import { NotFoundState } from "#components/ui/error-state.tsx";

/** A member, but not with the role that this page takes. */
export default function ForbiddenInProject() {
  return (
    <NotFoundState
      title="Your role doesn’t reach this page"
      actions={
        <ButtonLink href="/" size="small">
          Resources
        </ButtonLink>
      }
    >
      Ask an admin of the project for another role; Settings, Members shows who that is.
    </NotFoundState>
  );
}
