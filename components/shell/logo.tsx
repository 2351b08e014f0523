import { Link } from "#components/ui/navigation.tsx";

export function Mark() {
  return (
    <svg className="shell-mark" viewBox="0 0 24 24" aria-hidden>
      <circle cx="6" cy="6.5" r="4" />
      <circle cx="18" cy="17.5" r="4" />
      <path d="M6 6.5C6 25 18 -1 18 17.5" />
    </svg>
  );
}

export function Logo({ href = "/" }: { href?: string }) {
  return (
    <Link className="shell-logo" href={href}>
      <Mark />
      Patchbay
    </Link>
  );
}
