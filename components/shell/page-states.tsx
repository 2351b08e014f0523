"use client";

import { ButtonLink } from "#components/ui/button.tsx";
import { NotFoundState } from "#components/ui/error-state.tsx";

const WHOLE_PAGE = { id: "main", className: "mx-auto max-w-[560px] px-4 py-16", tabIndex: -1 };

export function NotFoundPage() {
  return (
    <main {...WHOLE_PAGE}>
      <h1 className="sr-only">Not found</h1>
      <NotFoundState
        title="Nothing is at this address"
        actions={
          <ButtonLink href="/projects" size="small">
            All projects
          </ButtonLink>
        }
      >
        It was deleted, or it belongs to a project you aren’t a member of. Check the address, or start from your projects.
      </NotFoundState>
    </main>
  );
}

export function ForbiddenPage() {
  return (
    <main {...WHOLE_PAGE}>
      <h1 className="sr-only">Not for your role</h1>
      <ForbiddenInProject />
    </main>
  );
}

export function NotFoundInProject() {
  return (
    <NotFoundState title="Nothing is at this address" actions={<ToResources />}>
      It was deleted, or it belongs to another project. Check the address, or start from the list.
    </NotFoundState>
  );
}

export function ForbiddenInProject() {
  return (
    <NotFoundState title="Your role doesn’t reach this page" actions={<ToResources />}>
      Ask an admin of the project for another role; Settings, Members shows who that is.
    </NotFoundState>
  );
}

const ToResources = () => (
  <ButtonLink href="/" size="small">
    Resources
  </ButtonLink>
);
