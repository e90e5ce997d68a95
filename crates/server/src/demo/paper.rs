//! *The Harbour Lantern*, a small campaign paper written by hand.
//!
//! The sources name each other by slug; [`Paper::new`] turns those names into positions.

mod calendar;
mod directory;

mod pieces;

use std::fmt;

use super::content::{
    DemoArticle, DemoAuthor, DemoBranch, DemoByline, DemoCredit, DemoMeeting, DemoPublication, DemoSection, DemoSite, DemoTag, DemoVenue, Text,
};
use calendar::{BRANCHES, MEETINGS, MeetingSource, VENUES};
use directory::{AUTHORS, PUBLICATIONS, SECTIONS, TAGS};
use pieces::{ARTICLES, ArticleSource, CreditSource};

const SECONDS_A_DAY: u64 = 86_400;

/// The whole hand-written paper.
#[derive(Clone, Debug)]
pub struct Paper {
    pub site: DemoSite,
    pub sections: Vec<DemoSection>,
    pub tags: Vec<DemoTag>,
    pub authors: Vec<DemoAuthor>,
    pub publications: Vec<DemoPublication>,
    pub branches: Vec<DemoBranch>,
    pub venues: Vec<DemoVenue>,
    pub meetings: Vec<DemoMeeting>,
    /// Newest first, after the scheduled one and the draft.
    pub articles: Vec<DemoArticle>,
}

/// A source names a record that the paper does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownReferenceError {
    pub noun: &'static str,
    pub slug: &'static str,
}

impl fmt::Display for UnknownReferenceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the demo paper has no {} “{}”", self.noun, self.slug)
    }
}

impl std::error::Error for UnknownReferenceError {}

impl Paper {
    /// Put the paper together. It fails only when a source names a record that does not exist.
    pub fn new() -> Result<Self, UnknownReferenceError> {
        Ok(Self {
            site: DemoSite {
                title: Text::Borrowed("The Harbour Lantern"),
                tagline: Text::Borrowed("News for people who catch the early boat — and the last one"),
                language: Text::Borrowed("en-AU"),
                timezone: Text::Borrowed("Australia/Sydney"),
            },
            sections: sections()?,
            tags: TAGS.iter().map(|&(name, slug)| DemoTag { name: Text::Borrowed(name), slug: Text::Borrowed(slug) }).collect(),
            authors: AUTHORS
                .iter()
                .map(|&(name, slug, bio)| DemoAuthor { name: Text::Borrowed(name), slug: Text::Borrowed(slug), bio: Text::Borrowed(bio) })
                .collect(),
            publications: publications(),
            branches: branches(),
            venues: venues(),
            meetings: MEETINGS.iter().map(meeting).collect::<Result<_, _>>()?,
            articles: ARTICLES.iter().map(article).collect::<Result<_, _>>()?,
        })
    }
}

/// The position of `slug` among `slugs`.
fn position(noun: &'static str, slug: &'static str, mut slugs: impl Iterator<Item = &'static str>) -> Result<usize, UnknownReferenceError> {
    slugs.position(|candidate| candidate == slug).ok_or(UnknownReferenceError { noun, slug })
}

fn section_position(slug: &'static str) -> Result<usize, UnknownReferenceError> {
    position("section", slug, SECTIONS.iter().map(|section| section.1))
}

fn author_position(slug: &'static str) -> Result<usize, UnknownReferenceError> {
    position("author", slug, AUTHORS.iter().map(|author| author.1))
}

fn sections() -> Result<Vec<DemoSection>, UnknownReferenceError> {
    SECTIONS
        .iter()
        .map(|&(name, slug, description, parent)| {
            Ok(DemoSection {
                name: Text::Borrowed(name),
                slug: Text::Borrowed(slug),
                description: Text::Borrowed(description),
                parent: parent.map(section_position).transpose()?,
            })
        })
        .collect()
}

fn publications() -> Vec<DemoPublication> {
    PUBLICATIONS
        .iter()
        .map(|source| DemoPublication {
            name: Text::Borrowed(source.name),
            slug: Text::Borrowed(source.slug),
            homepage: Text::Borrowed(source.homepage),
            country: Text::Borrowed(source.country),
            language: Text::Borrowed(source.language),
            credit_template: source.credit_template.map(Text::Borrowed),
            licence: Text::Borrowed(source.licence),
        })
        .collect()
}

fn branches() -> Vec<DemoBranch> {
    BRANCHES
        .iter()
        .map(|&(name, slug, city, timezone, email)| DemoBranch {
            name: Text::Borrowed(name),
            slug: Text::Borrowed(slug),
            city: Text::Borrowed(city),
            timezone: Text::Borrowed(timezone),
            email: Text::Borrowed(email),
        })
        .collect()
}

fn venues() -> Vec<DemoVenue> {
    VENUES
        .iter()
        .map(|source| DemoVenue {
            name: Text::Borrowed(source.name),
            slug: Text::Borrowed(source.slug),
            address: Text::Borrowed(source.address),
            city: Text::Borrowed(source.city),
            steps: source.steps,
            accessible_toilet: source.accessible_toilet,
            hearing_loop: source.hearing_loop,
        })
        .collect()
}

fn meeting(source: &MeetingSource) -> Result<DemoMeeting, UnknownReferenceError> {
    let venue_position = |slug| position("venue", slug, VENUES.iter().map(|venue| venue.slug));
    Ok(DemoMeeting {
        title: Text::Borrowed(source.title),
        slug: Text::Borrowed(source.slug),
        description: Text::Borrowed(source.description),
        branch: position("branch", source.branch, BRANCHES.iter().map(|branch| branch.1))?,
        venue: source.venue.map(venue_position).transpose()?,
        online_url: source.online_url.map(Text::Borrowed),
        attendance: source.attendance,
        day: source.day,
        starts_at_local: Text::Borrowed(source.starts_at_local),
        duration_minutes: source.duration_minutes,
        recurrence: source.recurrence.map(Text::Borrowed),
    })
}

fn article(source: &ArticleSource) -> Result<DemoArticle, UnknownReferenceError> {
    let byline = |&(author, role)| Ok(DemoByline { author: author_position(author)?, role });
    let tag_position = |&slug| position("tag", slug, TAGS.iter().map(|tag| tag.1));
    let article_position = |&slug| position("article", slug, ARTICLES.iter().map(|other| other.slug));
    Ok(DemoArticle {
        title: Text::Borrowed(source.title),
        slug: Text::Borrowed(source.slug),
        standfirst: Text::Borrowed(source.standfirst),
        body_markdown: Text::Borrowed(source.body),
        language: Text::Borrowed("en-AU"),
        bylines: source.bylines.iter().map(byline).collect::<Result<_, _>>()?,
        byline_text: source.byline_text.map(Text::Borrowed),
        section: section_position(source.section)?,
        tags: source.tags.iter().map(tag_position).collect::<Result<_, _>>()?,
        credit: source.credit.as_ref().map(credit).transpose()?,
        timing: source.timing,
        related: source.related.iter().map(article_position).collect::<Result<_, _>>()?,
    })
}

fn credit(source: &CreditSource) -> Result<DemoCredit, UnknownReferenceError> {
    let publication = position("publication", source.publication, PUBLICATIONS.iter().map(|publication| publication.slug))?;
    let homepage = PUBLICATIONS.get(publication).map_or("", |publication| publication.homepage);
    Ok(DemoCredit {
        publication,
        relation: source.relation,
        original_title: Text::Borrowed(source.original_title),
        original_url: Text::Owned([homepage, source.path].concat()),
        original_authors: Text::Borrowed(source.original_authors),
        original_published_seconds_before: source.days_before * SECONDS_A_DAY,
        translator: source.translator.map(author_position).transpose()?,
        changes: source.changes.map(Text::Borrowed),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Paper, UnknownReferenceError};
    use crate::demo::content::{Attendance, DemoTiming, Relation};

    type Outcome = Result<(), UnknownReferenceError>;

    #[test]
    fn every_reference_resolves() -> Outcome {
        let paper = Paper::new()?;
        assert_eq!(paper.articles.len(), 14);
        assert_eq!(paper.meetings.len(), 10);
        for (index, section) in paper.sections.iter().enumerate() {
            assert!(section.parent.is_none_or(|parent| parent < index), "{} precedes its parent", section.name);
        }
        for (index, article) in paper.articles.iter().enumerate() {
            assert!(!article.related.contains(&index), "{} recommends itself", article.slug);
            for related in &article.related {
                let other = paper.articles.get(*related);
                assert!(other.is_some_and(|other| other.published_seconds_ago().is_some()));
            }
        }
        Ok(())
    }

    #[test]
    fn slugs_are_unique_and_plain() -> Outcome {
        let paper = Paper::new()?;
        let kinds: [Vec<&str>; 7] = [
            paper.articles.iter().map(|article| article.slug.as_ref()).collect(),
            paper.authors.iter().map(|author| author.slug.as_ref()).collect(),
            paper.sections.iter().map(|section| section.slug.as_ref()).collect(),
            paper.tags.iter().map(|tag| tag.slug.as_ref()).collect(),
            paper.publications.iter().map(|publication| publication.slug.as_ref()).collect(),
            paper.venues.iter().map(|venue| venue.slug.as_ref()).collect(),
            paper.meetings.iter().map(|meeting| meeting.slug.as_ref()).collect(),
        ];
        for slugs in kinds {
            let distinct: BTreeSet<&str> = slugs.iter().copied().collect();
            assert_eq!(distinct.len(), slugs.len());
            let plain = |slug: &str| slug.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit());
            assert!(slugs.into_iter().all(plain));
        }
        Ok(())
    }

    #[test]
    fn the_paper_shows_every_kind_of_article() -> Outcome {
        let paper = Paper::new()?;
        let count = |wanted: fn(&crate::demo::content::DemoArticle) -> bool| paper.articles.iter().filter(|article| wanted(article)).count();
        assert_eq!(count(|article| article.timing == DemoTiming::Draft), 1);
        assert_eq!(count(|article| matches!(article.timing, DemoTiming::Scheduled { .. })), 1);
        assert!(count(|article| article.credit.is_some()) >= 6);
        assert!(count(|article| article.title.chars().count() > 70) >= 2);
        assert!(count(|article| article.body_markdown.contains('\u{a0}')) >= 3);
        for article in &paper.articles {
            let words = article.body_markdown.split_whitespace().count();
            assert!((150..=500).contains(&words), "{} has {words} words", article.slug);
            assert!(!article.bylines.is_empty() || article.byline_text.is_some());
            let translated = article.credit.as_ref().filter(|credit| credit.relation == Relation::Translated);
            assert!(translated.is_none_or(|credit| credit.translator.is_some()));
        }
        Ok(())
    }

    #[test]
    fn meetings_say_where_they_are() -> Outcome {
        for meeting in Paper::new()?.meetings {
            let (room, link) = (meeting.venue.is_some(), meeting.online_url.is_some());
            match meeting.attendance {
                Attendance::InPerson => assert!(room && !link, "{}", meeting.slug),
                Attendance::Online => assert!(!room && link, "{}", meeting.slug),
                Attendance::Hybrid => assert!(room && link, "{}", meeting.slug),
            }
        }
        Ok(())
    }
}
