// Reads the calendars with ical.js, a parser that is not ours, and compares them with what the JSON says.
// Zones are those that the calendar describes. The meetings are those that tests/clients/python/calendar_check.py enters.
// Usage: node calendar.mjs BASE_URL

import ICAL from "ical.js";

const base = process.argv[2] ?? "";

const statuses = { scheduled: "CONFIRMED", tentative: "TENTATIVE", cancelled: "CANCELLED", postponed: "CANCELLED" };

function same(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    console.error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
    process.exit(1);
  }
}

async function compare(path, meetings) {
  const calendar = new ICAL.Component(ICAL.parse(await (await fetch(base + path)).text()));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = new Map(calendar.getAllSubcomponents("vevent").map((part) => [part.getFirstPropertyValue("uid"), new ICAL.Event(part)]));
  same(events.size, meetings.length, `the events of ${path}`);
  for (const meeting of meetings) {
    const event = events.get(meeting.id);
    if (event === undefined) return process.exit(1);
    const text = (name) => event.component.getFirstPropertyValue(name) ?? undefined;
    same(event.startDate.toJSDate().getTime(), Date.parse(meeting.time.starts_at_utc), `the start of ${meeting.title}`);
    same(event.endDate.toJSDate().getTime(), Date.parse(meeting.time.ends_at_utc), `the end of ${meeting.title}`);
    same(event.summary, meeting.title, "a title");
    same(text("status"), statuses[meeting.status], `the status of ${meeting.title}`);
    same(text("url"), meeting.page_url, `the page of ${meeting.title}`);
    same(text("comment"), meeting.status_reason, `the reason of ${meeting.title}`);
    same(event.component.getFirstProperty("categories")?.getValues(), meeting.tags.map((tag) => tag.name), `the tags of ${meeting.title}`);
    same(text("description"), [meeting.status_reason, meeting.summary].filter((part) => part !== undefined).join("\n\n") || undefined, `the words of ${meeting.title}`);
  }
  return meetings.length;
}

const list = await (await fetch(`${base}/v1/meetings?limit=100&branch=calendar-check`)).json();
if (list.data.length < 10) {
  console.error("the meetings have not been entered");
  process.exit(1);
}
let compared = await compare("/calendar/branches/calendar-check.ics", list.data);
for (const meeting of list.data) compared += await compare(`/calendar/meetings/${meeting.slug}.ics`, [meeting]);
console.log(`calendars: ${compared} events read by ical.js as the JSON says`);
