import type { SVGAttributes } from "react";

/** How lucide's own files describe an icon. */
interface IconData {
  name: string;
  size: number;
  node: readonly (readonly [tag: string, attributes: Record<string, string | number>])[];
}

/**
 * Stands in for lucide-react's `createLucideIcon` (next.config.ts), so that pages go on importing icons from "lucide-react". Theirs
 * makes two components and an element for each stroke, and each svg names again what `.lucide` in globals.css says once: in a list
 * of fifty rows that was most of the page. Here an icon is one element, and its strokes are written once, when its file is read.
 */
export default function drawIcon({ node, size }: IconData) {
  const strokes = { __html: node.map(([tag, attributes]) => `<${tag}${attributesOf(attributes)}/>`).join("") };
  const viewBox = `0 0 ${size} ${size}`;
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each icon, where its file is read
  return function Icon({ className, ...rest }: SVGAttributes<SVGSVGElement>) {
    const isNamed = rest["aria-label"] !== undefined || rest["aria-labelledby"] !== undefined;
    return (
      <svg
        viewBox={viewBox}
        aria-hidden={isNamed ? undefined : true}
        {...rest}
        className={className ? `lucide ${className}` : "lucide"}
        // biome-ignore lint/security/noDangerouslySetInnerHtml: strokes from the package's own files
        dangerouslySetInnerHTML={strokes}
      />
    );
  };
}

const attributesOf = ({ key: _, ...attributes }: Record<string, string | number>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");
