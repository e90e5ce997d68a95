//! What an editor should look at before an article goes public, and need not. Each paper says for itself what it insists on.

use crate::article::ArticleIn;
use crate::fault::{Fault, FaultCode};
use crate::id::MediaId;
use crate::read::is_blank;
use crate::vocabulary;
use crate::vocabulary::Vocabulary;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

vocabulary! {
    /// What is made of a finding.
    #[derive(Default)]
    Policy {
        /// Publishing is refused.
        Block = "block",
        #[default]
        Warn = "warn",
        Ignore = "ignore",
    }
}

vocabulary! {
    /// What is looked for.
    Check {
        /// A picture without a text for those who do not see it.
        MissingAlt = "missing_alt",
        MissingByline = "missing_byline",
        MissingSection = "missing_section",
        MissingStandfirst = "missing_standfirst",
        /// An article picked for "Read more" that is not public.
        DeadRelation = "dead_relation",
        /// An address that another article had: whoever follows an old link to that one comes here.
        SlugWasUsed = "slug_was_used",
        /// A link to a meeting that is over.
        PastMeeting = "past_meeting",
    }
}

/// What a paper makes of each finding; a warning of those that it says nothing of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Policies {
    #[schema(default = "warn", required = false)]
    pub missing_alt: Policy,
    #[schema(default = "warn", required = false)]
    pub missing_byline: Policy,
    #[schema(default = "warn", required = false)]
    pub missing_section: Policy,
    #[schema(default = "warn", required = false)]
    pub missing_standfirst: Policy,
    #[schema(default = "warn", required = false)]
    pub dead_relation: Policy,
    #[schema(default = "warn", required = false)]
    pub slug_was_used: Policy,
    #[schema(default = "warn", required = false)]
    pub past_meeting: Policy,
}

impl Policies {
    /// What is made of one.
    #[must_use]
    pub fn of(&self, check: Check) -> Policy {
        match check {
            Check::MissingAlt => self.missing_alt,
            Check::MissingByline => self.missing_byline,
            Check::MissingSection => self.missing_section,
            Check::MissingStandfirst => self.missing_standfirst,
            Check::DeadRelation => self.dead_relation,
            Check::SlugWasUsed => self.slug_was_used,
            Check::PastMeeting => self.past_meeting,
        }
    }

    /// Reads them from a request.
    pub fn read(reader: &mut crate::read::Reader) -> Self {
        let mut policy = |check: Check| reader.word(check.word()).unwrap_or_default();
        Self {
            missing_alt: policy(Check::MissingAlt),
            missing_byline: policy(Check::MissingByline),
            missing_section: policy(Check::MissingSection),
            missing_standfirst: policy(Check::MissingStandfirst),
            dead_relation: policy(Check::DeadRelation),
            slug_was_used: policy(Check::SlugWasUsed),
            past_meeting: policy(Check::PastMeeting),
        }
    }
}

/// What only the database knows.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The places in the list of those of the related articles that are not public.
    pub dead_relations: Vec<usize>,
    pub slug_was_used: bool,
    /// The slugs of the meetings linked to that are over.
    pub past_meetings: Vec<String>,
    /// The media items that need no words of the article: their own say what is to be seen, or there is nothing to be.
    pub described: HashSet<MediaId>,
}

/// All that is found, whatever is made of it.
#[must_use]
pub fn findings(content: &ArticleIn, around: &Surroundings) -> Vec<(Check, Fault)> {
    let mut found = Vec::new();
    let mut find = |check, pointer: &str, code, message: String| found.push((check, Fault::at(pointer, code, message)));
    let is_undescribed = |alt: Option<&str>, media_id: Option<MediaId>| match (alt, media_id) {
        (None, Some(id)) => !around.described.contains(&id),
        (alt, _) => alt.is_none_or(is_blank),
    };
    let lead_image = content.lead_image.iter().map(|image| ("/lead_image/alt".to_owned(), image.alt.as_deref(), image.media_id));
    let media = content.media.iter().enumerate().map(|(index, item)| (format!("/media/{index}/alt"), item.alt.as_deref(), Some(item.media_id)));
    for (pointer, ..) in lead_image.chain(media).filter(|(_, alt, media_id)| is_undescribed(*alt, *media_id)) {
        find(Check::MissingAlt, &pointer, FaultCode::Required, "the picture has no text for those who do not see it".to_owned());
    }
    if content.bylines.is_empty() && content.byline_text.is_none() && content.credits.is_empty() {
        find(Check::MissingByline, "/bylines", FaultCode::Required, "nobody is named as its author".to_owned());
    }
    if content.section_id.is_none() {
        find(Check::MissingSection, "/section_id", FaultCode::Required, "it stands in no section".to_owned());
    }
    if !content.has_standfirst() {
        find(Check::MissingStandfirst, "/standfirst", FaultCode::Required, "lists show the beginning of the body instead".to_owned());
    }
    for index in &around.dead_relations {
        find(Check::DeadRelation, &format!("/related_ids/{index}"), FaultCode::Dangling, "the article is not public".to_owned());
    }
    if around.slug_was_used {
        find(Check::SlugWasUsed, "/slug", FaultCode::Taken, "another article had this address; old links to that one will lead here".to_owned());
    }
    for slug in &around.past_meetings {
        find(Check::PastMeeting, "/body/source", FaultCode::OutOfRange, format!("it links to the meeting {slug}, which is over"));
    }
    found
}

/// The slugs in those links of clean HTML that follow a pattern with `{slug}`, each once and in order.
#[must_use]
pub fn linked_slugs(html: &str, public_url: &str, pattern: &str) -> Vec<String> {
    let (before, after) = pattern.split_once("{slug}").unwrap_or((pattern, ""));
    let mut slugs: Vec<String> = Vec::new();
    // Clean HTML writes its attributes in this one way.
    for part in html.split("href=\"").skip(1) {
        let address = part.split('"').next().unwrap_or_default();
        let path = address.strip_prefix(public_url.trim_end_matches('/')).unwrap_or(address);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let slug = path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        if let Some(slug) = slug.filter(|slug| !slug.is_empty() && !slug.contains('/'))
            && !slugs.iter().any(|known| known == slug)
        {
            slugs.push(slug.to_owned());
        }
    }
    slugs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_of_a_pattern_are_found() {
        let html = r#"<p><a href="https://paper.example/meetings/may-day?x=1">a</a> <a href="/meetings/may-day">b</a> <a href="/meetings/x/y">c</a>
            <a href="https://other.example/meetings/june">d</a> <a href="/meetings/">e</a> <a href="/meetings/july#when">f</a></p>"#;
        assert_eq!(linked_slugs(html, "https://paper.example/", "/meetings/{slug}"), ["may-day", "july"]);
    }

    #[test]
    fn every_finding_has_a_policy_and_a_bare_article_has_four() {
        let policies = Policies { missing_alt: Policy::Block, ..Policies::default() };
        assert!(Check::ALL.iter().filter(|check| policies.of(**check) == Policy::Block).eq([&Check::MissingAlt]));
        let found = findings(&ArticleIn::default(), &Surroundings { slug_was_used: true, ..Surroundings::default() });
        let checks: Vec<Check> = found.iter().map(|(check, _)| *check).collect();
        assert_eq!(checks, [Check::MissingByline, Check::MissingSection, Check::MissingStandfirst, Check::SlugWasUsed]);
    }
}
