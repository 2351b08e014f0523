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
export function caretBox(control: HTMLInputElement | HTMLTextAreaElement, offset: number): DOMRect {
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
