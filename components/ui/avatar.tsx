/** Initials of a person; decoration beside, or inside, what carries the name. */
export function Avatar({ name, size }: { name: string; size?: "large" }) {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => Array.from(word ?? "")[0] ?? "").join("");
  return (
    <span className="ui-avatar" data-size={size} aria-hidden>
      {initials.toUpperCase()}
    </span>
  );
}
