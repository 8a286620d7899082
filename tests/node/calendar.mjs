// node calendar.mjs — reads a calendar entry on stdin with two independent libraries, and prints what each
// understood as a JSON array: [ical.js, node-ical].
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';

const text = readFileSync(0, 'utf8');

const calendar = new ICAL.Component(ICAL.parse(text));
const component = calendar.getFirstSubcomponent('vevent');
const event = new ICAL.Event(component);
const first = {
  method: calendar.getFirstPropertyValue('method'),
  uid: event.uid,
  sequence: event.sequence,
  status: component.getFirstPropertyValue('status'),
  start: event.startDate.toJSDate().toISOString(),
  end: event.endDate.toJSDate().toISOString(),
  title: event.summary,
  description: event.description,
  place: event.location,
  organiser: event.organizer,
};

const parsed = nodeIcal.sync.parseICS(text);
const found = Object.values(parsed).find((entry) => entry.type === 'VEVENT');
const second = {
  method: found.method ?? parsed.vcalendar?.method,
  uid: found.uid,
  sequence: Number(found.sequence),
  status: found.status,
  start: found.start.toISOString(),
  end: found.end.toISOString(),
  title: found.summary,
  description: found.description,
  place: found.location ?? null,
  organiser: found.organizer.val,
};

console.log(JSON.stringify([first, second]));
