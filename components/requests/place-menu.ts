const MENU_WIDTH = 388;
const MENU_HEIGHT = 360;
/** The bar at the foot of the wizard covers the end of the window. */
const BAR = 64;

/** Puts a menu below an offset of a field's text, or above it where there is no room. */
export function placeMenu(menu: HTMLElement, frame: HTMLElement, control: HTMLInputElement | HTMLTextAreaElement, offset: number): void {
  const caret = caretBox(control, offset);
  const box = frame.getBoundingClientRect();
  const width = Math.min(MENU_WIDTH, window.innerWidth - 16);
  const left = Math.max(8, Math.min(caret.left, window.innerWidth - width - 8)) - box.left;
  const below = window.innerHeight - BAR - caret.bottom - 8;
  const above = below < 200 && caret.top > below;
  Object.assign(menu.style, {
    left: `${left}px`,
    top: above ? "auto" : `${caret.bottom - box.top + 6}px`,
    bottom: above ? `${box.bottom - caret.top + 6}px` : "auto",
    maxHeight: `${Math.max(160, Math.min(MENU_HEIGHT, above ? caret.top - 64 : below))}px`,
  });
}

const COPIED = [
  "fontFamily",
  "fontSize",
  "fontWeight",
  "letterSpacing",
  "lineHeight",
  "paddingTop",
  "paddingRight",
  "paddingBottom",
  "paddingLeft",
  "borderTopWidth",
  "borderLeftWidth",
  "borderRightWidth",
  "tabSize",
] as const;

/** Where an offset of a field's text stands in the window. Browsers tell it for no field, so a copy of it is laid out and asked. */
function caretBox(control: HTMLInputElement | HTMLTextAreaElement, offset: number): DOMRect {
  const box = control.getBoundingClientRect();
  const style = getComputedStyle(control);
  const copy = document.createElement("div");
  for (const name of COPIED) copy.style[name] = style[name];
  const isArea = control instanceof HTMLTextAreaElement;
  Object.assign(copy.style, {
    position: "fixed",
    visibility: "hidden",
    left: "0",
    top: "0",
    boxSizing: "border-box",
    whiteSpace: isArea ? "pre-wrap" : "pre",
    overflowWrap: isArea ? "break-word" : "normal",
    width: isArea ? `${control.clientWidth}px` : "max-content",
  });
  copy.textContent = control.value.slice(0, offset);
  const mark = copy.appendChild(document.createElement("span"));
  mark.textContent = "\u200b";
  document.body.append(copy);
  const at = mark.getBoundingClientRect();
  copy.remove();
  const left = box.left + at.left - control.scrollLeft;
  const top = isArea ? box.top + at.top - control.scrollTop : box.top;
  return new DOMRect(Math.min(left, box.right), top, 0, isArea ? at.height : box.height);
}
