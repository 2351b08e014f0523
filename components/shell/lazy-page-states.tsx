"use client";

import { type ComponentType, lazy } from "react";

// What Next shows in place of a page travels with every page that might need it: as an element each, whose content comes when it is
// shown.

const states = () => import("./page-states.tsx");
const LazyNotFoundPage = lazily(async () => (await states()).NotFoundPage);
const LazyForbiddenPage = lazily(async () => (await states()).ForbiddenPage);
const LazyNotFoundInProject = lazily(async () => (await states()).NotFoundInProject);
const LazyForbiddenInProject = lazily(async () => (await states()).ForbiddenInProject);
const LazyResourceNotFound = lazily(async () => (await import("#components/resources/resource-not-found.tsx")).ResourceNotFound);

function lazily(load: () => Promise<ComponentType>) {
  return lazy(async () => ({ default: await load() }));
}

export const NotFoundPage = () => <LazyNotFoundPage />;
/** A member, but not with the role that this page takes. */
export const ForbiddenPage = () => <LazyForbiddenPage />;
/** Within a project its sidebar stays. */
export const NotFoundInProject = () => <LazyNotFoundInProject />;
export const ForbiddenInProject = () => <LazyForbiddenInProject />;
export const ResourceNotFound = () => <LazyResourceNotFound />;
