//! Printed issues of the paper.

use crate::fault::FaultCode;
use crate::read::Reader;
use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// The largest number of an issue.
pub const NUMBER_MAX: i64 = 1_000_000;

/// When an issue is dated: a day, `2026-11-26`, or a month, `2026-11`. Kept as it was entered; text order is the order of
/// time, a month before its days.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = crate::column::Word)]
pub struct IssueDate(String);

crate::stored_word!(IssueDate);

impl IssueDate {
    /// Reads either form; a day must be one of the calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let day = match text.len() {
            7 => format!("{text}-01"),
            10 => text.to_owned(),
            _ => return None,
        };
        let is_plain = text.bytes().enumerate().all(|(place, byte)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
        (is_plain && day.parse::<Date>().is_ok_and(|date| date.year() > 0)).then(|| Self(text.to_owned()))
    }

    /// Reads a member that must be given.
    pub fn read(reader: &mut Reader, name: &'static str) -> Self {
        let date = reader.line(name, 10).and_then(|text| {
            let date = Self::parse(&text);
            if date.is_none() {
                reader.fault(name, FaultCode::InvalidFormat, "must be a day or a month, like 2026-11-26 or 2026-11");
            }
            date
        });
        reader.require(name, date).unwrap_or_default()
    }
}

impl std::fmt::Display for IssueDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for IssueDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The picture of the front page, by its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverImage {
    #[schema(max_length = 2000, format = Uri, example = "https://pictures.example/issue-175.jpg")]
    pub url: String,
    /// What is to be seen, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "A green ferry at the wharf")]
    pub alt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "Picture: Ida Moss")]
    pub credit: Option<String>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000, example = 1600)]
    pub width: Option<u32>,
    /// In pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000, example = 2200)]
    pub height: Option<u32>,
}

impl CoverImage {
    /// Reads its members.
    pub fn read(image: &mut Reader) -> Self {
        let url = image.web_address("url");
        let url = image.require("url", url).unwrap_or_default();
        let (alt, credit) = (image.text("alt", 1000), image.filled_line("credit", 300));
        let [width, height] = ["width", "height"].map(|name| image.integer(name, 1..=100_000).and_then(|pixels| u32::try_from(pixels).ok()));
        Self { url, alt, credit, width, height }
    }
}

/// The place of an issue among all issues, as a text: by date, then by number, those without one first.
#[must_use]
pub fn place(issued_on: &IssueDate, number: Option<i32>) -> String {
    format!("{issued_on:<10} {:07}", number.unwrap_or_default())
}

/// The order of the contents: by page, then by the place on it; what has neither comes last.
#[must_use]
pub fn contents_order(page: Option<u32>, position: Option<u32>) -> (u32, u32) {
    (page.unwrap_or(u32::MAX), position.unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn days_and_months_are_dates_and_nothing_else_is() {
        for good in ["2026-11", "2026-11-26", "2024-02-29", "0001-01"] {
            assert_eq!(IssueDate::parse(good).unwrap().to_string(), good);
        }
        for bad in
            ["", "2026", "2026-13", "2026-00", "2025-02-29", "2026-1", "2026-11-6", "0000-01", "2026/11", "2026-11-", "+026-11", "20261126", "é026-1"]
        {
            assert_eq!(IssueDate::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn issues_stand_by_date_and_then_by_number() {
        let at = |date: &str, number| place(&IssueDate::parse(date).unwrap(), number);
        let mut places =
            vec![at("2026-11", Some(9)), at("2026-11-01", None), at("2026-11", Some(10)), at("2026-10-31", Some(99)), at("2026-11", None)];
        places.sort();
        assert_eq!(
            places,
            [at("2026-10-31", Some(99)), at("2026-11", None), at("2026-11", Some(9)), at("2026-11", Some(10)), at("2026-11-01", None)]
        );
        let mut contents =
            [contents_order(None, Some(1)), contents_order(Some(3), None), contents_order(Some(3), Some(2)), contents_order(Some(1), None)];
        contents.sort_unstable();
        assert_eq!(contents, [(1, u32::MAX), (3, 2), (3, u32::MAX), (u32::MAX, 1)]);
    }
}
