//! Calendars as programs subscribe to them: iCalendar (RFC 5545) with the properties of RFC 7986.
//!
//! Times are written as the clocks on the wall show them, with the zone beside: a program that moves a reminder over a
//! clock change then moves it right. Every zone is described in the calendar itself, at the times that it is used for.

use crate::meeting::MeetingStatus;
use crate::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use uuid::Uuid;

/// The longest line, in bytes without its end (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;

/// What made the calendars (RFC 5545, 3.7.3). Without a version: a calendar that has not changed keeps its bytes.
const PRODUCT: &str = "-//Masthead//Masthead//EN";

/// How often subscribers are asked to look again (RFC 7986, 5.7).
const REFRESH: &str = "PT1H";

/// Where zones are described from that have never changed their clocks: before anything that is held.
const FIRST_ONSET: &str = "16010101T000000";

/// A calendar.
#[derive(Debug)]
pub struct Calendar {
    /// What subscribers see it called.
    pub name: String,
    /// The address that it is read at.
    pub source: String,
    /// BCP 47.
    pub language: String,
    /// Describes the time where no event does; a calendar without any part is none (RFC 5545, 3.6).
    pub zone: (String, TimeZone),
    /// The beginning of what it shows.
    pub from: Timestamp,
    pub events: Vec<Event>,
}

/// An event of a calendar (RFC 5545, 3.6.1).
#[derive(Debug)]
pub struct Event {
    /// Never changes, whatever else does (RFC 7986, 5.3).
    pub uid: Uuid,
    /// Rises with each change.
    pub sequence: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// The name of the zone, and the zone.
    pub zone: (String, TimeZone),
    pub status: MeetingStatus,
    pub title: String,
    /// Plain text, in paragraphs.
    pub description: String,
    /// Why it does not take place.
    pub comment: Option<String>,
    pub location: Option<String>,
    /// Degrees north and east, WGS 84.
    pub point: Option<(f64, f64)>,
    pub categories: Vec<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// Where it is held online.
    pub conference: Option<String>,
    /// Its page.
    pub url: String,
}

impl Calendar {
    /// The calendar as text: lines that end with CR LF, none longer than 75 bytes.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = Lines(String::with_capacity(1024 + self.events.len() * 1024));
        out.line("BEGIN", "VCALENDAR");
        out.line("VERSION", "2.0");
        out.line("PRODID", PRODUCT);
        out.line("CALSCALE", "GREGORIAN");
        out.line("METHOD", "PUBLISH");
        out.text(&format!("NAME;LANGUAGE={}", self.language), &self.name);
        // What programs read that are older than NAME and REFRESH-INTERVAL.
        out.text("X-WR-CALNAME", &self.name);
        out.line("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
        out.line("X-PUBLISHED-TTL", REFRESH);
        out.line("SOURCE;VALUE=URI", &self.source);
        self.write_zones(&mut out);
        for event in &self.events {
            event.write(&mut out);
        }
        out.line("END", "VCALENDAR");
        out.0
    }

    fn write_zones(&self, out: &mut Lines) {
        let mut zones: BTreeMap<&str, BTreeSet<Onset>> = BTreeMap::new();
        for event in &self.events {
            if event.is_in_utc() {
                continue;
            }
            let (name, zone) = &event.zone;
            zones.entry(name).or_default().extend([event.starts_at, event.ends_at].map(|time| Onset::in_force(zone, time)));
        }
        if self.events.is_empty() {
            zones.entry(&self.zone.0).or_default().insert(Onset::in_force(&self.zone.1, self.from));
        }
        for (name, onsets) in zones {
            out.line("BEGIN", "VTIMEZONE");
            out.line("TZID", name);
            for onset in onsets {
                onset.write(out);
            }
            out.line("END", "VTIMEZONE");
        }
    }
}

impl Event {
    /// Whether its times are written in UTC: where that is its zone, and where one of them comes twice on the wall, for
    /// programs differ on which is then meant.
    fn is_in_utc(&self) -> bool {
        let (name, zone) = &self.zone;
        let comes_twice = |time: Timestamp| {
            let time = time.to_jiff();
            zone.to_ambiguous_timestamp(zone.to_datetime(time)).is_ambiguous()
        };
        matches!(name.as_str(), "UTC" | "Etc/UTC") || comes_twice(self.starts_at) || comes_twice(self.ends_at)
    }

    fn write(&self, out: &mut Lines) {
        out.line("BEGIN", "VEVENT");
        out.line("UID", &self.uid.to_string());
        out.line("SEQUENCE", &self.sequence.to_string());
        // Without a METHOD that asks for answers, the stamp tells when it was last revised (RFC 5545, 3.8.7.2).
        out.line("DTSTAMP", &in_utc(self.updated_at));
        out.line("CREATED", &in_utc(self.created_at));
        out.line("LAST-MODIFIED", &in_utc(self.updated_at));
        let is_in_utc = self.is_in_utc();
        for (property, time) in [("DTSTART", self.starts_at), ("DTEND", self.ends_at)] {
            if is_in_utc {
                out.line(property, &in_utc(time));
            } else {
                let (name, zone) = &self.zone;
                out.line(&format!("{property};TZID={name}"), &on_the_wall(zone.to_datetime(time.to_jiff())));
            }
        }
        let (status, takes_time) = match self.status {
            MeetingStatus::Scheduled => ("CONFIRMED", true),
            MeetingStatus::Tentative => ("TENTATIVE", true),
            // It does not take place at that time, and no word but this says so.
            MeetingStatus::Cancelled | MeetingStatus::Postponed => ("CANCELLED", false),
        };
        out.line("STATUS", status);
        out.line("TRANSP", if takes_time { "OPAQUE" } else { "TRANSPARENT" });
        out.text("SUMMARY", &self.title);
        for (property, text) in [("LOCATION", &self.location), ("CONTACT", &self.contact), ("COMMENT", &self.comment)] {
            if let Some(text) = text {
                out.text(property, text);
            }
        }
        if !self.description.is_empty() {
            out.text("DESCRIPTION", &self.description);
        }
        if let Some((latitude, longitude)) = self.point {
            out.line("GEO", &format!("{latitude:.6};{longitude:.6}"));
        }
        if !self.categories.is_empty() {
            let categories: Vec<String> = self.categories.iter().map(|name| escaped(name)).collect();
            out.line("CATEGORIES", &categories.join(","));
        }
        if let Some(address) = &self.conference {
            out.line("CONFERENCE;VALUE=URI;FEATURE=VIDEO", address);
        }
        out.line("URL", &self.url);
        out.line("END", "VEVENT");
    }
}

/// The last change of the clocks before a time, with what the clocks show since.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Onset {
    /// By the clocks before the change.
    local: String,
    from: i32,
    to: i32,
    name: String,
    is_daylight: bool,
}

impl Onset {
    fn in_force(zone: &TimeZone, time: Timestamp) -> Self {
        // The search leaves out the moment itself.
        let after = time.plus_milliseconds(1).to_jiff();
        let info = zone.to_offset_info(time.to_jiff());
        let to = info.offset();
        let (local, from) = match zone.preceding(after).next() {
            Some(change) => {
                let at = change.timestamp();
                let from = at.checked_sub(jiff::SignedDuration::from_secs(1)).map_or(to, |before| zone.to_offset(before));
                (on_the_wall(from.to_datetime(at)), from)
            }
            None => (FIRST_ONSET.to_owned(), to),
        };
        Self { local, from: from.seconds(), to: to.seconds(), name: info.abbreviation().to_owned(), is_daylight: info.dst().is_dst() }
    }

    fn write(&self, out: &mut Lines) {
        let part = if self.is_daylight { "DAYLIGHT" } else { "STANDARD" };
        out.line("BEGIN", part);
        out.line("DTSTART", &self.local);
        out.line("TZOFFSETFROM", &offset(self.from));
        out.line("TZOFFSETTO", &offset(self.to));
        out.text("TZNAME", &self.name);
        out.line("END", part);
    }
}

/// `20261126T183000`
fn on_the_wall(time: DateTime) -> String {
    time.strftime("%Y%m%dT%H%M%S").to_string()
}

/// `20261126T073000Z`
fn in_utc(time: Timestamp) -> String {
    on_the_wall(Offset::UTC.to_datetime(time.to_jiff())) + "Z"
}

/// `+1100`, with seconds where there are any (RFC 5545, 3.3.14).
fn offset(seconds: i32) -> String {
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let mut text = format!("{sign}{:02}{:02}", size / 3600, size / 60 % 60);
    if size % 60 != 0 {
        let _ = write!(text, "{:02}", size % 60);
    }
    text
}

/// A text as a value (RFC 5545, 3.3.11); control characters, which it cannot hold, are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\r' if characters.peek() == Some(&'\n') => {}
            // The separators of lines and paragraphs, and the next line of old terminals: some readers end a line at them.
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            _ if character.is_control() => {}
            _ => out.push(character),
        }
    }
    out
}

struct Lines(String);

impl Lines {
    fn text(&mut self, property: &str, text: &str) {
        self.line(property, &escaped(text));
    }

    /// Writes a line, folded between characters (RFC 5545, 3.1).
    fn line(&mut self, property: &str, value: &str) {
        let mut room = LINE_BYTES_MAX;
        for character in property.chars().chain([':']).chain(value.chars()) {
            if character.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LINE_BYTES_MAX - 1;
            }
            room -= character.len_utf8();
            self.0.push(character);
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn zone(name: &str) -> (String, TimeZone) {
        (name.to_owned(), crate::meeting::zone(name).unwrap())
    }

    fn event(zone_name: &str, starts_at: &str, minutes: i64) -> Event {
        Event {
            uid: Uuid::from_u128(7),
            sequence: 2,
            created_at: time("2026-11-01T00:00:00Z"),
            updated_at: time("2026-11-02T00:00:00Z"),
            starts_at: time(starts_at),
            ends_at: time(starts_at).plus_seconds(minutes * 60),
            zone: zone(zone_name),
            status: MeetingStatus::Scheduled,
            title: "Keep the ferry".to_owned(),
            description: String::new(),
            comment: None,
            location: None,
            point: None,
            categories: Vec::new(),
            contact: None,
            conference: None,
            url: "https://paper.example/meetings/ferry".to_owned(),
        }
    }

    fn calendar(events: Vec<Event>) -> Calendar {
        Calendar {
            name: "Meetings".to_owned(),
            source: "https://api.paper.example/calendar/meetings.ics".to_owned(),
            language: "en".to_owned(),
            zone: zone("Australia/Sydney"),
            from: time("2026-11-26T00:00:00Z"),
            events,
        }
    }

    /// The lines, unfolded.
    fn lines(text: &str) -> Vec<String> {
        assert!(text.ends_with("\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX && !line.contains(['\n', '\r'])), "{text}");
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    fn written(event: Event) -> Vec<String> {
        lines(&calendar(vec![event]).write())
    }

    fn has(lines: &[String], wanted: &str) -> bool {
        lines.iter().any(|line| line == wanted)
    }

    #[test]
    fn a_zone_is_described_where_it_is_used() {
        // Daylight saving began on 4 October 2026 at two o'clock in Sydney, and ends on 4 April 2027.
        let lines = written(event("Australia/Sydney", "2026-11-26T07:30:00Z", 90));
        assert!(has(&lines, "DTSTART;TZID=Australia/Sydney:20261126T183000"), "{lines:?}");
        assert!(has(&lines, "DTEND;TZID=Australia/Sydney:20261126T200000"));
        let start = lines.iter().position(|line| line == "BEGIN:VTIMEZONE").unwrap();
        let zone = [
            "TZID:Australia/Sydney",
            "BEGIN:DAYLIGHT",
            "DTSTART:20261004T020000",
            "TZOFFSETFROM:+1000",
            "TZOFFSETTO:+1100",
            "TZNAME:AEDT",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
        ];
        assert_eq!(lines.get(start + 1..=start + zone.len()).unwrap(), zone);
    }

    #[test]
    fn a_meeting_over_a_clock_change_has_both_sides_of_it() {
        // From one o'clock to four on the night when the clocks of Sydney skip from two to three.
        let lines = written(event("Australia/Sydney", "2026-10-03T15:00:00Z", 120));
        assert!(has(&lines, "DTSTART;TZID=Australia/Sydney:20261004T010000") && has(&lines, "DTEND;TZID=Australia/Sydney:20261004T040000"));
        assert!(has(&lines, "DTSTART:20260405T030000") && has(&lines, "TZOFFSETTO:+1000"), "{lines:?}");
        assert!(has(&lines, "DTSTART:20261004T020000") && has(&lines, "TZOFFSETTO:+1100"), "{lines:?}");
    }

    #[test]
    fn a_meeting_at_the_very_moment_of_a_change_is_after_it() {
        let lines = written(event("Australia/Sydney", "2026-10-03T16:00:00Z", 60));
        assert!(has(&lines, "DTSTART;TZID=Australia/Sydney:20261004T030000"), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("TZOFFSETTO")).collect::<Vec<_>>(), ["TZOFFSETTO:+1100"]);
    }

    #[test]
    fn a_time_that_comes_twice_is_in_utc() {
        for starts_at in ["2027-04-03T15:30:00Z", "2027-04-03T16:30:00Z"] {
            let lines = written(event("Australia/Sydney", starts_at, 240));
            assert!(has(&lines, &format!("DTSTART:{}", starts_at.replace(['-', ':'], ""))), "{lines:?}");
            assert!(!lines.iter().any(|line| line.contains("VTIMEZONE")), "{lines:?}");
        }
    }

    #[test]
    fn zones_without_changes_and_those_with_odd_offsets_are_described_too() {
        let lines = written(event("Etc/GMT+5", "2026-11-26T07:30:00Z", 60));
        assert!(has(&lines, "DTSTART:16010101T000000") && has(&lines, "TZOFFSETTO:-0500") && has(&lines, "TZNAME:-05"), "{lines:?}");
        let lines = written(event("America/St_Johns", "2026-11-26T07:30:00Z", 60));
        assert!(has(&lines, "TZOFFSETFROM:-0230") && has(&lines, "TZOFFSETTO:-0330"), "{lines:?}");
        // Before the clocks of Amsterdam went with the others: nineteen minutes and thirty-two seconds.
        let lines = written(event("Europe/Amsterdam", "1900-11-26T07:30:00Z", 60));
        assert!(lines.iter().any(|line| line.starts_with("TZOFFSETTO:+00")), "{lines:?}");
        assert_eq!((offset(1172), offset(-12_600), offset(0)), ("+001932".to_owned(), "-0330".to_owned(), "+0000".to_owned()));
        let lines = written(event("UTC", "2026-11-26T07:30:00Z", 60));
        assert!(has(&lines, "DTSTART:20261126T073000Z") && !has(&lines, "BEGIN:VTIMEZONE"), "{lines:?}");
    }

    #[test]
    fn a_calendar_without_events_still_has_a_part() {
        let lines = lines(&calendar(Vec::new()).write());
        assert!(has(&lines, "BEGIN:VTIMEZONE") && has(&lines, "TZID:Australia/Sydney") && has(&lines, "TZOFFSETTO:+1100"), "{lines:?}");
    }

    #[test]
    fn what_does_not_take_place_says_so_and_takes_no_time() {
        for (status, written_as, takes) in [
            (MeetingStatus::Scheduled, "CONFIRMED", "OPAQUE"),
            (MeetingStatus::Tentative, "TENTATIVE", "OPAQUE"),
            (MeetingStatus::Cancelled, "CANCELLED", "TRANSPARENT"),
            (MeetingStatus::Postponed, "CANCELLED", "TRANSPARENT"),
        ] {
            let lines = written(Event { status, ..event("UTC", "2026-11-26T07:30:00Z", 60) });
            assert!(has(&lines, &format!("STATUS:{written_as}")) && has(&lines, &format!("TRANSP:{takes}")), "{lines:?}");
        }
    }

    #[test]
    fn texts_are_escaped_and_long_lines_folded_between_characters() {
        let title = "船は残る;\\, ".repeat(40);
        let lines = written(Event { title: title.clone(), ..event("UTC", "2026-11-26T07:30:00Z", 60) });
        let summary = lines.iter().find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
        assert_eq!(summary.replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\"), title);
        assert_eq!(escaped("one\r\ntwo\rthree\n\u{2028}four\u{0}\u{7}\tfive"), "one\\ntwo\\nthree\\n\\nfour\tfive");
    }
}
