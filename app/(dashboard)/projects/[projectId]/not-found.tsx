import { ButtonLink } from "#components/ui/button.tsx";
import { NotFoundState } from "#components/ui/error-state.tsx";

/** Within a project: its sidebar stays. */
export default function NotFoundInProject() {
  return (
    <NotFoundState
      title="Nothing is at this address"
      actions={
        <ButtonLink href="/" size="small">
          Resources
        </ButtonLink>
      }
    >
      It was deleted, or it belongs to another project. Check the address, or start from the list.
    </NotFoundState>
  );
}
