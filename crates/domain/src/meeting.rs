//! Meetings: the wall time and the IANA zone are the truth, the instant is worked out from them.

use crate::stored_vocabulary;
use crate::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

stored_vocabulary! {
    /// Whether a meeting takes place.
    #[derive(Default)]
    MeetingStatus {
        #[default]
        Scheduled = "scheduled",
        Tentative = "tentative",
        Cancelled = "cancelled",
        Postponed = "postponed",
    }
}

stored_vocabulary! {
    /// How people take part.
    #[derive(Default)]
    Attendance {
        #[default]
        InPerson = "in_person",
        Online = "online",
        Hybrid = "hybrid",
    }
}

stored_vocabulary! {
    /// Which of the two is meant when the clocks go back and a local time comes twice.
    AmbiguousTime {
        Earlier = "earlier",
        Later = "later",
    }
}

stored_vocabulary! {
    /// An access fact of a venue; unknown is not no.
    #[derive(Default)]
    Access {
        Yes = "yes",
        No = "no",
        #[default]
        Unknown = "unknown",
    }
}

/// A local time of day on a date, to the minute, without a zone: `2026-11-26T18:30`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = crate::column::Word)]
pub struct LocalTime(DateTime);

crate::stored_word!(LocalTime);

impl LocalTime {
    /// Reads `YYYY-MM-DDTHH:MM`, with or without seconds of zero.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let minutes = if text.len() == 19 { text.strip_suffix(":00")? } else { text };
        if minutes.len() != 16 || minutes.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let civil = DateTime::strptime("%Y-%m-%dT%H:%M", minutes).ok()?;
        (1..=9998).contains(&civil.year()).then_some(Self(civil))
    }
}

impl std::fmt::Display for LocalTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = &self.0;
        write!(f, "{:04}-{:02}-{:02}T{:02}:{:02}", time.year(), time.month(), time.day(), time.hour(), time.minute())
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a local time"))
    }
}

/// A zone of the IANA database by its exact name.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name))
}

/// What a local time means in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    Once(Timestamp),
    /// The clocks skip it.
    Skipped,
    /// It comes twice, as the clocks go back between.
    Twice {
        earlier: Timestamp,
        later: Timestamp,
    },
}

/// Works out the instant of a local time.
#[must_use]
pub fn resolve(local: LocalTime, zone: &TimeZone) -> Resolved {
    let instant = |offset: Offset| {
        offset.to_timestamp(local.0).map_or(Timestamp::from_milliseconds(0), |time| Timestamp::from_milliseconds(time.as_millisecond()))
    };
    match zone.to_ambiguous_timestamp(local.0).offset() {
        AmbiguousOffset::Unambiguous { offset } => Resolved::Once(instant(offset)),
        AmbiguousOffset::Gap { .. } => Resolved::Skipped,
        AmbiguousOffset::Fold { before, after } => Resolved::Twice { earlier: instant(before), later: instant(after) },
    }
}

/// An instant as the clocks on a wall show it, with the offset: `2026-11-26T18:30:00+11:00`.
#[must_use]
pub fn with_offset(time: Timestamp, zone: &TimeZone) -> String {
    zone.to_offset(time.to_jiff()).to_datetime(time.to_jiff()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
        + &offset_text(zone.to_offset(time.to_jiff()))
}

/// `+11:00`
fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    fn resolve_in(local: &str, name: &str) -> Resolved {
        resolve(LocalTime::parse(local).unwrap(), &zone(name).unwrap())
    }

    #[test]
    fn half_past_six_stays_half_past_six_over_the_clock_change() {
        assert_eq!(resolve_in("2026-10-01T18:30", "Australia/Sydney"), Resolved::Once(Timestamp::parse("2026-10-01T08:30:00Z").unwrap()));
        assert_eq!(resolve_in("2026-10-08T18:30", "Australia/Sydney"), Resolved::Once(Timestamp::parse("2026-10-08T07:30:00Z").unwrap()));
        assert_eq!(resolve_in("2026-10-08T18:30", "Australia/Brisbane"), Resolved::Once(Timestamp::parse("2026-10-08T08:30:00Z").unwrap()));
    }

    #[test]
    fn skipped_and_doubled_times_are_told_apart() {
        assert_eq!(resolve_in("2026-10-04T02:30", "Australia/Sydney"), Resolved::Skipped);
        let Resolved::Twice { earlier, later } = resolve_in("2027-04-04T02:30", "Australia/Sydney") else { panic!("not twice") };
        assert_eq!(later.milliseconds() - earlier.milliseconds(), 3_600_000);
        // Lord Howe Island turns its clocks by half an hour.
        let Resolved::Twice { earlier, later } = resolve_in("2027-04-04T01:45", "Australia/Lord_Howe") else { panic!("not twice") };
        assert_eq!(later.milliseconds() - earlier.milliseconds(), 1_800_000);
    }

    #[test]
    fn offsets_are_written_as_the_wall_shows() {
        let time = Timestamp::parse("2026-11-26T07:30:00Z").unwrap();
        assert_eq!(with_offset(time, &zone("Australia/Sydney").unwrap()), "2026-11-26T18:30:00+11:00");
        assert_eq!(with_offset(time, &zone("America/St_Johns").unwrap()), "2026-11-26T04:00:00-03:30");
    }

    #[test]
    fn only_exact_zone_names_and_local_times_are_read() {
        assert!(zone("Australia/Sydney").is_some() && zone("UTC").is_some());
        assert!(zone("australia/sydney").is_none() && zone("Mars/Base").is_none() && zone("../etc/passwd").is_none() && zone("AEST").is_none());
        for bad in ["2026-02-30T10:00", "2026-11-26", "2026-11-26T18:30Z", "2026-11-26 18:30", "2026-11-26T18:30:01", "2026-11-26T24:00"] {
            assert_eq!(LocalTime::parse(bad), None, "{bad}");
        }
    }
}
