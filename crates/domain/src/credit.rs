//! Credits of republished pieces, and the one formatter of the credit line that every surface uses.

use crate::fault::FaultCode;
use crate::html;
use crate::id::PublicationId;
use crate::read::Reader;
use crate::stored_vocabulary;
use crate::time::Timestamp;
use crate::vocabulary;
use crate::vocabulary::Vocabulary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

vocabulary! {
    /// How our text relates to the original.
    #[derive(Default)]
    Relation {
        #[default]
        Republished = "republished",
        Abridged = "abridged",
        Translated = "translated",
        Excerpted = "excerpted",
        Adapted = "adapted",
    }
}

vocabulary! {
    /// What a publication's agreement asks a credit to hold beside the publication itself.
    CreditPart {
        OriginalUrl = "original_url",
        OriginalTitle = "original_title",
        OriginalAuthors = "original_authors",
        OriginalPublishedAt = "original_published_at",
        Licence = "licence",
    }
}

stored_vocabulary! {
    /// Whether we may republish from a publication.
    #[derive(Default)]
    Permission {
        #[default]
        Granted = "granted",
        Refused = "refused",
    }
}

/// A paper that the piece came through on its way to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Via {
    #[schema(max_length = 200, example = "Lantern North")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://north.example/ferries")]
    pub url: Option<String>,
}

/// Where a piece comes from, as an editor enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CreditIn)]
pub struct Credit {
    /// The publication it first appeared in.
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub publication_id: PublicationId,
    #[schema(default = "republished")]
    pub relation: Relation,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "The ferries we were promised")]
    pub original_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://north.example/ferries")]
    pub original_url: Option<String>,
    /// The authors as the original names them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "Ana Ruiz")]
    pub original_authors: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-20T06:00:00Z")]
    pub original_published_at: Option<Timestamp>,
    /// The licence it is used under; the publication's default where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "CC BY-ND 4.0")]
    pub licence: Option<String>,
    /// What was changed, for readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "Shortened; two local figures added.")]
    pub changes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "Joan Hale")]
    pub translator: Option<String>,
    /// A credit line to be printed instead of the one made from the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, example = "First printed in Lantern North")]
    pub line: Option<String>,
    /// The papers it came through, the nearest to the origin first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub via: Vec<Via>,
}

impl Credit {
    /// Reads one credit of an article's list.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let publication_id = reader.required_id("publication_id");
        let credit = Self {
            publication_id: publication_id.unwrap_or_default(),
            relation: reader.word("relation").unwrap_or_default(),
            original_title: reader.filled_line("original_title", 300),
            original_url: reader.web_address("original_url"),
            original_authors: reader.filled_line("original_authors", 300),
            original_published_at: reader.time("original_published_at"),
            licence: reader.filled_line("licence", 200),
            changes: reader.filled_text("changes", 1000),
            translator: reader.filled_line("translator", 200),
            line: reader.filled_line("line", 500),
            via: reader.objects("via", 10, |via| Some(Via { name: via.required_line("name", 200), url: via.web_address("url") })),
        };
        publication_id.map(|_| credit)
    }

    /// The members that are missing before a piece with this credit may be published.
    #[must_use]
    pub fn missing(&self, required: &[CreditPart]) -> Vec<&'static str> {
        let mut missing = Vec::new();
        for &part in CreditPart::ALL {
            let present = match part {
                CreditPart::OriginalUrl => self.original_url.is_some(),
                CreditPart::OriginalTitle => self.original_title.is_some(),
                CreditPart::OriginalAuthors => self.original_authors.is_some(),
                CreditPart::OriginalPublishedAt => self.original_published_at.is_some(),
                CreditPart::Licence => self.licence.is_some(),
            };
            if !present && required.contains(&part) {
                missing.push(part.word());
            }
        }
        if self.relation == Relation::Translated && self.translator.is_none() && self.line.is_none() {
            missing.push("translator");
        }
        missing
    }
}

/// What the formatter needs to know of the publication.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub name: &'a str,
    pub homepage_url: Option<&'a str>,
    pub credit_line_template: Option<&'a str>,
}

/// A credit line, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreditLine {
    #[schema(example = "Lantern North")]
    pub text: String,
    /// The same with the publication linked to the original, or to its homepage.
    #[schema(example = "<a href=\"https://north.example/ferries\">Lantern North</a>")]
    pub html: String,
}

fn default_template(credit: &Credit) -> &'static str {
    match credit.relation {
        Relation::Republished => "{publication}",
        Relation::Abridged => "{publication} (abridged)",
        Relation::Translated if credit.translator.is_some() => "{publication}, translated by {translator}",
        Relation::Translated => "{publication} (translated)",
        Relation::Excerpted => "{publication} (excerpt)",
        Relation::Adapted => "Adapted from {publication}",
    }
}

/// The placeholders that a template may hold.
pub const PLACEHOLDERS: [&str; 5] = ["{publication}", "{original_title}", "{original_authors}", "{translator}", "{licence}"];

/// Whether a template names the publication and holds no unknown placeholder.
#[must_use]
pub fn is_template(template: &str) -> bool {
    let without = PLACEHOLDERS.iter().fold(template.to_owned(), |text, placeholder| text.replace(placeholder, ""));
    template.contains("{publication}") && !without.contains(['{', '}'])
}

/// The credit line: the editor's own if there is one, else the publication's template filled in, else the relation's default.
#[must_use]
pub fn credit_line(credit: &Credit, source: Source) -> CreditLine {
    let link = credit.original_url.as_deref().or(source.homepage_url);
    let linked = |label: &str| match link {
        Some(address) => format!("<a href=\"{}\">{}</a>", html::escape(address), html::escape(label)),
        None => html::escape(label).into_owned(),
    };
    let mut line = match &credit.line {
        Some(text) => CreditLine { text: text.clone(), html: linked(text) },
        None => {
            let template = source.credit_line_template.unwrap_or_else(|| default_template(credit));
            let values = [
                source.name,
                credit.original_title.as_deref().unwrap_or_default(),
                credit.original_authors.as_deref().unwrap_or_default(),
                credit.translator.as_deref().unwrap_or_default(),
                credit.licence.as_deref().unwrap_or_default(),
            ];
            let text = fill(template, |index| values.get(index).map_or_else(String::new, |value| (*value).to_owned()));
            let escaped = html::escape(template).into_owned();
            let html = fill(&escaped, |index| match (index, values.get(index)) {
                (0, _) => linked(source.name),
                (_, Some(value)) => html::escape(value).into_owned(),
                (_, None) => String::new(),
            });
            CreditLine { text, html }
        }
    };
    for (index, via) in credit.via.iter().enumerate() {
        let joint = if index == 0 { ", via " } else { " and " };
        line.text.push_str(joint);
        line.text.push_str(&via.name);
        line.html.push_str(joint);
        line.html.push_str(&match &via.url {
            Some(address) => format!("<a href=\"{}\">{}</a>", html::escape(address), html::escape(&via.name)),
            None => html::escape(&via.name).into_owned(),
        });
    }
    line
}

/// Replaces each placeholder of a template in one pass, so that a value which looks like a placeholder stays as it is.
fn fill(template: &str, value: impl Fn(usize) -> String) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        filled.push_str(before);
        match PLACEHOLDERS.iter().position(|placeholder| from.starts_with(placeholder)) {
            Some(index) => {
                filled.push_str(&value(index));
                rest = PLACEHOLDERS.get(index).and_then(|placeholder| from.strip_prefix(placeholder)).unwrap_or_default();
            }
            None => {
                filled.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// All credit lines of an article as one.
#[must_use]
pub fn joined(lines: &[CreditLine]) -> Option<CreditLine> {
    let join = |part: fn(&CreditLine) -> &str| lines.iter().map(part).collect::<Vec<_>>().join("; ");
    (!lines.is_empty()).then(|| CreditLine { text: join(|line| &line.text), html: join(|line| &line.html) })
}

/// The public sentence about a permission that does not cover an article, if it does not.
#[must_use]
pub fn permission_fault(permission: Permission, from: Option<Timestamp>, until: Option<Timestamp>, at: Timestamp) -> Option<(FaultCode, String)> {
    match permission {
        Permission::Refused => Some((FaultCode::NotPermitted, "the publication's permission is refused".to_owned())),
        Permission::Granted => match (from, until) {
            (Some(from), _) if at < from => Some((FaultCode::NotPermitted, format!("the publication's permission begins on {from}"))),
            (_, Some(until)) if at >= until => Some((FaultCode::NotPermitted, format!("the publication's permission ended on {until}"))),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    fn credit() -> Credit {
        serde_json::from_value(serde_json::json!({"publication_id": PublicationId::new(), "relation": "republished"})).unwrap()
    }

    const SOURCE: Source = Source { name: "North & South", homepage_url: Some("https://ns.example"), credit_line_template: None };

    #[test]
    fn the_line_names_and_links_the_publication() {
        let mut credit = credit();
        let line = credit_line(&credit, SOURCE);
        assert_eq!(line.text, "North & South");
        assert_eq!(line.html, "<a href=\"https://ns.example\">North &amp; South</a>");
        credit.original_url = Some("https://ns.example/a?b&c".to_owned());
        credit.via = vec![Via { name: "Third <Paper>".to_owned(), url: None }];
        let line = credit_line(&credit, SOURCE);
        assert_eq!(line.text, "North & South, via Third <Paper>");
        assert_eq!(line.html, "<a href=\"https://ns.example/a?b&amp;c\">North &amp; South</a>, via Third &lt;Paper&gt;");
    }

    #[test]
    fn templates_and_overrides_are_used() {
        let mut credit = credit();
        credit.original_title = Some("{publication} & all".to_owned());
        let source = Source { credit_line_template: Some("“{original_title}” first ran in {publication}"), ..SOURCE };
        assert_eq!(credit_line(&credit, source).text, "“{publication} & all” first ran in North & South");
        credit.relation = Relation::Translated;
        credit.translator = Some("Joan".to_owned());
        assert_eq!(credit_line(&credit, SOURCE).text, "North & South, translated by Joan");
        credit.line = Some("With thanks".to_owned());
        assert_eq!(credit_line(&credit, source).text, "With thanks");
        assert!(is_template("From {publication}") && !is_template("From them") && !is_template("{publication} {x}"));
    }

    #[test]
    fn missing_parts_are_those_the_publication_asks_for() {
        let mut credit = credit();
        assert!(credit.missing(&[]).is_empty());
        assert_eq!(credit.missing(&[CreditPart::Licence, CreditPart::OriginalUrl]), ["original_url", "licence"]);
        credit.relation = Relation::Translated;
        assert_eq!(credit.missing(&[]), ["translator"]);
    }

    #[test]
    fn a_permission_has_a_window() {
        let time = |text| Timestamp::parse(text);
        let at = time("2026-06-01T00:00:00Z").unwrap();
        assert_eq!(permission_fault(Permission::Granted, None, None, at), None);
        assert!(permission_fault(Permission::Refused, None, None, at).is_some());
        assert!(permission_fault(Permission::Granted, time("2026-06-01T00:00:01Z"), None, at).is_some());
        assert!(permission_fault(Permission::Granted, None, Some(at), at).is_some());
    }
}
