const TRIES = 200;
const CONTROLS = "input:not([type=hidden]), textarea, select, button, a[href]";

/** Focuses a field by its id once it is there: its step, section or row may have to open first. Gives the way to stop looking. */
export function revealField(id: string, onFound: () => void): () => void {
  let tries = 0;
  let frame = 0;
  const look = () => {
    const found = document.getElementById(id);
    if (!found) {
      if (++tries < TRIES) frame = window.setTimeout(look, 50);
      return;
    }
    for (let section = found.closest("details"); section; section = section.parentElement?.closest("details") ?? null) section.open = true;
    const control = found.matches(CONTROLS) ? found : found.querySelector<HTMLElement>(CONTROLS);
    (control ?? found).focus({ preventScroll: true });
    found.scrollIntoView({ block: "center" });
    onFound();
  };
  frame = window.setTimeout(look, 0);
  return () => window.clearTimeout(frame);
}
