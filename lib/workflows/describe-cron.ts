const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** What most people mean by a cron expression, in words; null for the others, which are shown as they are. Pure. */
export function describeCron(cron: string): string | null {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return null;
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  if (month !== "*") return null;
  const every = /^\*\/(\d{1,2})$/.exec(minute)?.[1];
  if (hour === "*" && day === "*" && weekday === "*") {
    if (every) return `Every ${every} minutes`;
    if (minute === "*") return "Every minute";
    return isNumber(minute, 59) ? (Number(minute) === 0 ? "Every hour" : `Every hour at minute ${minute}`) : null;
  }
  if (!isNumber(minute, 59) || !isNumber(hour, 23)) return null;
  const at = `at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day === "*" && weekday === "*") return `Every day ${at}`;
  if (day === "*" && weekday === "1-5") return `Weekdays ${at}`;
  if (day === "*" && isNumber(weekday, 7)) return `${DAYS[Number(weekday)]}s ${at}`;
  if (weekday === "*" && day === "1") return `On the first of the month ${at}`;
  return null;
}

const isNumber = (text: string, most: number): boolean => /^\d{1,2}$/.test(text) && Number(text) <= most;
