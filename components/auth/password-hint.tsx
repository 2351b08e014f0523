import { CircleCheck } from "lucide-react";
import { PASSWORD_MIN } from "#lib/projects/password-length.ts";

/** Under a new password: how far it is. */
export function PasswordHint({ password }: { password: string }) {
  if (password.length < PASSWORD_MIN) return <>Use {PASSWORD_MIN} characters or more.</>;
  return (
    <span className="inline-flex items-center gap-1.5 text-2">
      <CircleCheck aria-hidden className="icon-s text-success" />
      {password.length} characters. {PASSWORD_MIN} or more is enough.
    </span>
  );
}
