//! The records both kinds of demo content are made of.
//!
//! A field named after another record (`section`, `author`, `publication`, …) is a position in the
//! list of those records in the same [`Paper`](super::paper::Paper) or
//! [`Corpus`](super::generator::Corpus).

use std::borrow::Cow;

/// Text that is either written in the source or generated.
pub type Text = Cow<'static, str>;

/// The settings of a site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoSite {
    pub title: Text,
    pub tagline: Text,
    /// BCP 47 language tag.
    pub language: Text,
    /// IANA time zone.
    pub timezone: Text,
}

/// A section, perhaps below another one. A parent always comes before its children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoSection {
    pub name: Text,
    pub slug: Text,
    pub description: Text,
    pub parent: Option<usize>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoTag {
    pub name: Text,
    pub slug: Text,
}

/// A person who writes, photographs or translates.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoAuthor {
    pub name: Text,
    pub slug: Text,
    pub bio: Text,
}

/// Another paper whose pieces are republished.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoPublication {
    pub name: Text,
    pub slug: Text,
    /// Address without a trailing slash.
    pub homepage: Text,
    /// ISO 3166-1 alpha-2 code.
    pub country: Text,
    /// BCP 47 language tag.
    pub language: Text,
    /// Credit line with the placeholder `{publication}`; `None` leaves it to the formatter.
    pub credit_template: Option<Text>,
    pub licence: Text,
}

/// A local branch that holds meetings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoBranch {
    pub name: Text,
    pub slug: Text,
    pub city: Text,
    /// IANA time zone.
    pub timezone: Text,
    pub email: Text,
}

/// What is known about one access fact of a venue: not knowing is not "no".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    Yes,
    No,
    Unknown,
}

/// A place where meetings are held.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoVenue {
    pub name: Text,
    pub slug: Text,
    pub address: Text,
    pub city: Text,
    /// Whether there are steps on the way in.
    pub steps: Access,
    pub accessible_toilet: Access,
    pub hearing_loop: Access,
}

/// How a meeting can be attended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attendance {
    InPerson,
    Online,
    Hybrid,
}

impl Attendance {
    /// The word used by the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InPerson => "in_person",
            Self::Online => "online",
            Self::Hybrid => "hybrid",
        }
    }
}

/// A day of the week; the discriminant counts from Monday as 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weekday {
    Monday = 0,
    Tuesday = 1,
    Wednesday = 2,
    Thursday = 3,
    Friday = 4,
    Saturday = 5,
    Sunday = 6,
}

/// The day of a meeting, counted from the day the demo is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeetingDay {
    /// So many days after the start.
    DaysAhead(u16),
    /// The first such weekday after the start, then so many weeks later.
    Next { weekday: Weekday, weeks_later: u16 },
}

impl MeetingDay {
    /// How many days after a start on `start` the meeting is held.
    pub fn days_ahead(self, start: Weekday) -> u16 {
        match self {
            Self::DaysAhead(days) => days,
            Self::Next { weekday, weeks_later } => {
                let until = (weekday as u16 + 7 - start as u16) % 7;
                let first = if until == 0 { 7 } else { until };
                first + weeks_later * 7
            }
        }
    }
}

/// A meeting, in the wall time of its branch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoMeeting {
    pub title: Text,
    pub slug: Text,
    pub description: Text,
    pub branch: usize,
    /// The place, unless the meeting is online only.
    pub venue: Option<usize>,
    /// The join link, where the meeting is online or hybrid.
    pub online_url: Option<Text>,
    pub attendance: Attendance,
    pub day: MeetingDay,
    /// Wall time of the branch's zone, as in `18:30`.
    pub starts_at_local: Text,
    pub duration_minutes: u16,
    /// RFC 5545 recurrence rule without the `RRULE:` prefix.
    pub recurrence: Option<Text>,
}

/// What an author did for an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BylineRole {
    Words,
    Pictures,
    Translation,
}

impl BylineRole {
    /// The word used by the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Pictures => "pictures",
            Self::Translation => "translation",
        }
    }
}

/// An author on an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DemoByline {
    pub author: usize,
    pub role: BylineRole,
}

/// How an article relates to the piece it was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    Republished,
    Abridged,
    Translated,
}

impl Relation {
    /// The word used by the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Republished => "republished",
            Self::Abridged => "abridged",
            Self::Translated => "translated",
        }
    }
}

/// The credit an article owes to another publication.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoCredit {
    pub publication: usize,
    pub relation: Relation,
    pub original_title: Text,
    pub original_url: Text,
    /// Names as the other paper gave them.
    pub original_authors: Text,
    /// How long before our own publication the original appeared.
    pub original_published_seconds_before: u64,
    /// The author who translated the piece, where it was translated.
    pub translator: Option<usize>,
    /// What was changed, where something was.
    pub changes: Option<Text>,
}

/// Where an article stands on the way to its readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DemoTiming {
    Published { seconds_ago: u64 },
    Scheduled { seconds_ahead: u64 },
    Draft,
}

/// An article.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DemoArticle {
    pub title: Text,
    /// Unique within its paper or corpus.
    pub slug: Text,
    pub standfirst: Text,
    pub body_markdown: Text,
    /// BCP 47 language tag.
    pub language: Text,
    pub bylines: Vec<DemoByline>,
    /// Free byline text, shown instead of `bylines` where those are empty.
    pub byline_text: Option<Text>,
    pub section: usize,
    pub tags: Vec<usize>,
    pub credit: Option<DemoCredit>,
    pub timing: DemoTiming,
    /// Hand-picked articles to read next, in order.
    pub related: Vec<usize>,
}

impl DemoArticle {
    /// How long ago the article was published; `None` for a scheduled one or a draft.
    pub fn published_seconds_ago(&self) -> Option<u64> {
        match self.timing {
            DemoTiming::Published { seconds_ago } => Some(seconds_ago),
            DemoTiming::Scheduled { .. } | DemoTiming::Draft => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MeetingDay, Weekday};

    #[test]
    fn next_weekday_is_always_after_the_start() {
        let next = |weekday, weeks_later| MeetingDay::Next { weekday, weeks_later };
        assert_eq!(next(Weekday::Tuesday, 0).days_ahead(Weekday::Monday), 1);
        assert_eq!(next(Weekday::Tuesday, 0).days_ahead(Weekday::Tuesday), 7);
        assert_eq!(next(Weekday::Monday, 2).days_ahead(Weekday::Sunday), 15);
        assert_eq!(MeetingDay::DaysAhead(3).days_ahead(Weekday::Friday), 3);
    }
}
