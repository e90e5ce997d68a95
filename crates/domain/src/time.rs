//! Instants. `now` is always passed in; nothing in this crate asks the system for the time.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant, in UTC milliseconds since 1970-01-01T00:00:00Z, between the year 1 and the last but one day of 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = crate::column::Instant)]
pub struct Timestamp(i64);

const MILLISECONDS_MIN: i64 = -62_135_596_800_000;
/// 9999-12-30T22:00:00Z, the last instant that jiff knows: it keeps off the end of the year in every zone.
const MILLISECONDS_MAX: i64 = 253_402_207_200_000;

/// How the form that sorts by time is spelt: digits in place of the noughts.
const PATTERN: &[u8; 24] = b"0000-00-00T00:00:00.000Z";

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Clamps to the years 1 to 9999, which both databases and RFC 3339 can write.
    #[must_use]
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds.clamp(MILLISECONDS_MIN, MILLISECONDS_MAX))
    }

    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by a number of milliseconds, clamped like [`Timestamp::from_milliseconds`].
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self::from_milliseconds(self.0.saturating_add(milliseconds))
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_milliseconds(seconds.saturating_mul(1000))
    }

    /// Reads RFC 3339 with an offset; finer fractions than milliseconds are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // jiff also takes forms that RFC 3339 does not have (a bracketed zone, a bare date).
        if !text.is_ascii() || text.len() < 20 || text.len() > 40 || text.contains('[') {
            return None;
        }
        let instant: jiff::Timestamp = text.parse().ok()?;
        let milliseconds = instant.as_millisecond();
        (MILLISECONDS_MIN..=MILLISECONDS_MAX).contains(&milliseconds).then_some(Self(milliseconds))
    }

    /// The same instant in jiff's type.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// `2026-11-26T07:30:00.000Z`: always 24 characters, so that text order is time order.
    #[must_use]
    pub fn to_sortable(self) -> String {
        String::from_utf8_lossy(&self.characters()).into_owned()
    }

    /// Reads what [`Timestamp::to_sortable`] writes, and nothing else: the way of all that comes from the database.
    #[must_use]
    pub fn parse_sortable(text: &str) -> Option<Self> {
        let characters: &[u8; 24] = text.as_bytes().try_into().ok()?;
        let mut numbers = [0_i16; 7];
        let mut part = 0_usize;
        for (character, expected) in characters.iter().zip(PATTERN) {
            if *expected == b'0' {
                let number = numbers.get_mut(part)?;
                *number = *number * 10 + i16::from(character.is_ascii_digit().then(|| character - b'0')?);
            } else if character == expected {
                part += 1;
            } else {
                return None;
            }
        }
        let [year, month, day, hour, minute, second, millisecond] = numbers;
        let small = |number: i16| i8::try_from(number).ok();
        let nanosecond = i32::from(millisecond) * 1_000_000;
        let civil = DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
        let milliseconds = TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond();
        (MILLISECONDS_MIN..=MILLISECONDS_MAX).contains(&milliseconds).then_some(Self(milliseconds))
    }

    fn characters(self) -> [u8; 24] {
        let civil = TimeZone::UTC.to_datetime(self.to_jiff());
        let mut characters = *PATTERN;
        let parts = [
            (0..4, civil.year()),
            (5..7, civil.month().into()),
            (8..10, civil.day().into()),
            (11..13, civil.hour().into()),
            (14..16, civil.minute().into()),
            (17..19, civil.second().into()),
            (20..23, civil.millisecond()),
        ];
        for (place, mut number) in parts {
            for character in characters.get_mut(place).into_iter().flatten().rev() {
                *character = b'0' + u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
            }
        }
        characters
    }

    /// `Thu, 26 Nov 2026 07:30:00 GMT`, the date form of HTTP (RFC 9110, 5.6.7).
    #[must_use]
    pub fn to_http_date(self) -> String {
        self.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC, without a fraction where it is zero.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let characters = self.characters();
        let text = std::str::from_utf8(&characters).map_err(|_| std::fmt::Error)?;
        match text.strip_suffix(".000Z") {
            Some(whole) => {
                f.write_str(whole)?;
                f.write_str("Z")
            }
            None => f.write_str(text),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time with an offset"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn the_first_and_the_last_instant_are_written_as_they_are_read() {
        for (instant, text) in [(i64::MIN, "0001-01-01T00:00:00Z"), (i64::MAX, "9999-12-30T22:00:00Z")] {
            let instant = Timestamp::from_milliseconds(instant);
            assert_eq!(instant.to_string(), text);
            assert_eq!(Timestamp::parse(text), Some(instant));
        }
        assert_eq!(Timestamp::parse("9999-12-30T22:00:00.001Z"), None);
    }

    #[test]
    fn offsets_are_read_and_written_in_utc() {
        let time = Timestamp::parse("2026-11-26T18:30:00+11:00").unwrap();
        assert_eq!(time.to_string(), "2026-11-26T07:30:00Z");
        assert_eq!(time.to_sortable(), "2026-11-26T07:30:00.000Z");
        assert_eq!(time.to_http_date(), "Thu, 26 Nov 2026 07:30:00 GMT");
        assert_eq!(Timestamp::parse("2026-11-26T07:30:00.1239Z").unwrap().to_string(), "2026-11-26T07:30:00.123Z");
    }

    #[test]
    fn the_sortable_form_is_read_as_any_other() {
        for instant in [i64::MIN, -1, 0, 1, 999, 951_782_399_999, 951_782_400_000, 1_795_678_200_123, i64::MAX] {
            let time = Timestamp::from_milliseconds(instant);
            let text = time.to_sortable();
            assert_eq!((Timestamp::parse_sortable(&text), Timestamp::parse(&text)), (Some(time), Some(time)), "{text}");
        }
        for text in [
            "",
            "2026-11-26T07:30:00Z",
            "2026-02-30T07:30:00.000Z",
            "2026-11-26 07:30:00.000Z",
            "2026-11-26T07:3x:00.000Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert_eq!(Timestamp::parse_sortable(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in ["", "2026-11-26", "2026-11-26T07:30:00", "2026-13-26T07:30:00Z", "2026-11-26T07:30:00Z[UTC]", "yesterday"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
