import {
  Bot,
  CalendarDays,
  Cloud,
  Code,
  Contact,
  CreditCard,
  Database,
  LifeBuoy,
  ListChecks,
  type LucideIcon,
  Mail,
  MessageSquare,
  Package,
  Plug,
  RadioTower,
  Receipt,
  ShoppingCart,
  Users,
  Warehouse,
} from "lucide-react";
import { type Hue, Tile } from "#components/ui/tile.tsx";

/** The icons a resource can wear, by the name that its draft keeps. */
export const RESOURCE_ICONS: Record<string, { label: string; icon: LucideIcon }> = {
  plug: { label: "Plug", icon: Plug },
  tasks: { label: "Tasks", icon: ListChecks },
  support: { label: "Support", icon: LifeBuoy },
  receipt: { label: "Receipt", icon: Receipt },
  contact: { label: "Contact", icon: Contact },
  users: { label: "People", icon: Users },
  warehouse: { label: "Warehouse", icon: Warehouse },
  package: { label: "Parcel", icon: Package },
  cart: { label: "Cart", icon: ShoppingCart },
  card: { label: "Card", icon: CreditCard },
  calendar: { label: "Calendar", icon: CalendarDays },
  mail: { label: "Mail", icon: Mail },
  message: { label: "Message", icon: MessageSquare },
  database: { label: "Database", icon: Database },
  cloud: { label: "Cloud", icon: Cloud },
  code: { label: "Code", icon: Code },
  bot: { label: "Bot", icon: Bot },
  events: { label: "Events", icon: RadioTower },
};

export const RESOURCE_COLOURS = ["Neutral", "Petrol", "Orange", "Indigo", "Rust", "Purple", "Olive"] as const;

/** `colour`: 0 is neutral, 1 to 6 are the chart's. An unknown icon is a plug. */
export function ResourceTile({ appearance, size }: { appearance: { icon: string; colour: number }; size?: "medium" | "large" }) {
  const Icon = (RESOURCE_ICONS[appearance.icon] ?? RESOURCE_ICONS.plug!).icon;
  return (
    <Tile size={size} hue={appearance.colour > 0 ? (appearance.colour as Hue) : undefined}>
      <Icon />
    </Tile>
  );
}
