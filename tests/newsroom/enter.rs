//! Enters the archive as an importer would, and keeps what readers must find afterwards.

use crate::archive::Archive;
use crate::front_matter::Page;
use crate::harness::builders::{etag_of, id_of};
use crate::harness::client::{Requests, Response, SignedIn};
use crate::ledger::Ledger;
use crate::shortcodes::to_markdown;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The zone of the newsroom.
const ZONE: &str = "America/New_York";

/// What readers must find.
#[derive(Default)]
pub struct Wanted {
    /// Names by slug.
    pub authors: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub publications: BTreeMap<String, String>,
    pub articles: Vec<WantedArticle>,
    /// Slugs of articles that are not public.
    pub drafts: Vec<String>,
    pub meetings: Vec<WantedMeeting>,
    pub venues: usize,
    pub pictures: BTreeSet<String>,
}

pub struct WantedArticle {
    pub file: String,
    pub slug: String,
    pub title: String,
    pub standfirst: Option<String>,
    /// Slugs, in order.
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    pub publication: Option<String>,
    pub original_url: Option<String>,
    pub canonical_url: Option<String>,
    pub published_at: Timestamp,
    pub has_text: bool,
    pub picture: Option<Value>,
    /// The words of the body, without markup.
    pub words: Vec<String>,
}

pub struct WantedMeeting {
    pub file: String,
    pub slug: String,
    pub title: String,
    pub summary: Option<String>,
    pub local: String,
    pub zone: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub venue: Option<Vec<(&'static str, String)>>,
    pub organiser: Option<String>,
    pub registration_url: Option<String>,
    pub tags: Vec<String>,
    pub attendance: &'static str,
    pub has_text: bool,
    /// The words of the description, without markup.
    pub words: Vec<String>,
}

/// What the importer knows of what it has entered: ids by slug.
#[derive(Default)]
struct Ids {
    authors: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    publications: BTreeMap<String, String>,
    venues: BTreeMap<String, String>,
}

pub fn enter(editor: &SignedIn, archive: &Archive, ledger: &mut Ledger) -> Wanted {
    let mut importer = Importer { editor, archive, ids: Ids::default(), wanted: Wanted::default(), ledger };
    for page in &archive.authors {
        importer.author(page.clone());
    }
    for page in &archive.topics {
        importer.topic(page.clone());
    }
    for page in &archive.sources {
        importer.source(page.clone());
    }
    for page in &archive.articles {
        importer.article(page.clone());
    }
    for page in &archive.events {
        importer.event(page.clone());
    }
    importer.pictures();
    importer.wanted
}

struct Importer<'a> {
    editor: &'a SignedIn,
    archive: &'a Archive,
    ids: Ids,
    wanted: Wanted,
    ledger: &'a mut Ledger,
}

const AUTHOR_REASONS: [(&str, &str); 7] = [
    ("profile_photo", "an author has no picture"),
    ("profile_source", "an author has no picture"),
    ("expirydate", "an author does not expire"),
    ("aliases", "old addresses cannot be entered yet"),
    ("location", "an author has no place"),
    ("agency", "the full name of the agency is entered"),
    ("pronoun", "an author has no pronoun"),
];

const TOPIC_REASONS: [(&str, &str); 8] = [
    ("weight", "the old site's order of pages"),
    ("deck", "a tag has one description, and the summary is longer"),
    ("aliases", "old addresses cannot be entered yet"),
    ("legislation", "a tag has no links"),
    ("featured_communities", "a tag has no links"),
    ("featured_links", "a tag has no links"),
    ("featured_resources", "a tag has no links"),
    ("expirydate", "a tag does not expire"),
];

const SOURCE_REASONS: [(&str, &str); 3] =
    [("logo", "a publication has no picture"), ("weight", "the old site's order of pages"), ("topics", "a publication has no tags")];

const ARTICLE_REASONS: [(&str, &str); 11] = [
    ("summary", "the deck stands as standfirst"),
    ("expirydate", "taking an article down at a time cannot be entered yet"),
    ("aliases", "old addresses cannot be entered yet"),
    ("redirectto", "an article that only leads elsewhere cannot be entered yet"),
    ("kicker", "an article has no kicker"),
    ("weight", "the old site's order of pages"),
    ("primary_image", "the featured image is the lead image"),
    ("categories", "the topics are the tags"),
    ("tag", "the topics are the tags"),
    ("cms_date", "the old editor's copy of the date"),
    ("source_url", "no source is named: no publication to credit"),
];

const EVENT_REASONS: [(&str, &str); 17] = [
    ("deck", "a meeting has no deck beside its summary"),
    ("authors", "a meeting has no authors or speakers"),
    ("event_organizer", "a meeting has one organiser: the host"),
    ("event_platform", "a meeting has no platform; it only tells that it is online"),
    ("youtube_id", "a meeting has no recording"),
    ("youtube_title", "a meeting has no recording"),
    ("captions", "a meeting has no address of live captions"),
    ("kicker", "a meeting has no kicker"),
    ("weight", "the old site's order of pages"),
    ("primary_image", "a meeting has no picture"),
    ("featured_image", "a meeting has no picture"),
    ("aliases", "old addresses cannot be entered yet"),
    ("expirydate", "taking a meeting down at a time cannot be entered yet"),
    ("room", "a venue has no rooms"),
    ("venue.room", "a venue has no rooms"),
    ("categories", "the topics are the tags"),
    ("tag", "the topics are the tags"),
];

impl Importer<'_> {
    /// Sends what is to be made. Where only the slug is refused another one is sent.
    fn create(&mut self, collection: &str, file: &str, mut body: Value, date: &str) -> Option<Value> {
        let path = format!("/v1/editor/{collection}");
        for try_again in [true, false] {
            let answer = self.editor.post(&path, &body);
            if answer.status == 201 {
                let made = answer.json();
                for removed in made["removed"].as_array().into_iter().flatten() {
                    self.ledger.remove(removed["what"].as_str().unwrap_or_default(), removed["count"].as_u64().unwrap_or_default());
                }
                return Some(made);
            }
            let reasons = refusal(answer);
            let slug = body["slug"].as_str().unwrap_or_default().to_owned();
            self.ledger.refuse(file, format!("{collection}: {}", reasons.join("; ")));
            if !(try_again && reasons.iter().all(|reason| reason.starts_with("/slug "))) {
                return None;
            }
            let shorter: String = slug.chars().take(100).collect();
            let shorter = shorter.rsplit_once('-').map_or(slug.as_str(), |(words, _)| words);
            let other = if slug.len() > 120 { shorter.to_owned() } else { format!("{slug}-{date}") };
            self.ledger.change(file, "a slug that the server refuses: cut at a word end, or the date put behind it");
            body["slug"] = json!(other);
        }
        None
    }

    fn author(&mut self, mut page: Page) {
        let before = self.ledger.entered;
        let slug = page.folder().to_owned();
        page.text("slug", self.ledger);
        let name = self.plain_text(&mut page, "display_name").unwrap_or_default();
        for part in ["first_name", "last_name"] {
            if page.peek(part).is_some_and(|part| name.contains(part.trim())) {
                page.text(part, self.ledger);
            }
            page.leave(part, "an author has one name, the one displayed, which differs", self.ledger);
        }
        let mut body = json!({"slug": slug, "name": name});
        put(&mut body, "organisation", self.plain_text(&mut page, "agency_full_name"));
        put(&mut body, "url", page.text("github", self.ledger).map(|name| format!("https://github.com/{}", name.trim())));
        page.leave_rest(&AUTHOR_REASONS, self.ledger);
        self.leave_body(&page, "it holds no biography but the template's remarks");
        match self.create("authors", &page.file, body, "") {
            Some(made) => {
                self.ids.authors.insert(slug.clone(), id_of(&made).to_owned());
                self.wanted.authors.insert(slug, name);
            }
            None => self.ledger.take_back(before, &page.file, "the server refuses the author"),
        }
    }

    fn topic(&mut self, mut page: Page) {
        let slug = page.folder().to_owned();
        if slug == "topics" {
            return page.leave_all(PAGE_ABOVE, self.ledger);
        }
        let before = self.ledger.entered;
        page.text("slug", self.ledger);
        let name = self.plain_text(&mut page, "title").unwrap_or_default();
        let mut body = json!({"slug": slug, "name": name});
        let description = self.plain_text(&mut page, "summary").or_else(|| self.plain_text(&mut page, "deck"));
        put(&mut body, "description", description);
        page.leave_rest(&TOPIC_REASONS, self.ledger);
        self.leave_body(&page, "a tag has no body");
        match self.create("tags", &page.file, body, "") {
            Some(made) => {
                self.ids.tags.insert(slug.clone(), id_of(&made).to_owned());
                self.wanted.tags.insert(slug, name);
            }
            None => self.ledger.take_back(before, &page.file, "the server refuses the tag"),
        }
    }

    fn source(&mut self, mut page: Page) {
        if page.stem == "_index" {
            return page.leave_all(PAGE_ABOVE, self.ledger);
        }
        let before = self.ledger.entered;
        let slug = page.text("slug", self.ledger).unwrap_or_else(|| page.stem.trim_start_matches("source_").to_owned());
        let name = self.plain_text(&mut page, "name").unwrap_or_default();
        let mut body = json!({"slug": slug, "name": name});
        put(&mut body, "homepage_url", page.text("domain", self.ledger));
        put(&mut body, "description", self.plain_text(&mut page, "summary"));
        page.leave_rest(&SOURCE_REASONS, self.ledger);
        self.leave_body(&page, "a publication has no body");
        match self.create("publications", &page.file, body, "") {
            Some(made) => {
                self.ids.publications.insert(slug.clone(), id_of(&made).to_owned());
                self.wanted.publications.insert(slug, name);
            }
            None => self.ledger.take_back(before, &page.file, "the server refuses the publication"),
        }
    }

    fn article(&mut self, mut page: Page) {
        let before = self.ledger.entered;
        let file = page.file.clone();
        let title = self.plain_text(&mut page, "title");
        let standfirst = self.plain_text(&mut page, "deck").or_else(|| self.plain_text(&mut page, "summary"));
        let slug = page.text("slug", self.ledger).unwrap_or_else(|| page.stem.clone());
        let published_at = self.time(&mut page, "date", None).unwrap_or_else(|| panic!("{file}: no date")).instant();
        let draft = page.text("draft", self.ledger).is_some_and(|text| text == "true");
        let authors = self.known(&mut page, "authors", |ids| &ids.authors);
        let tags = self.known(&mut page, "topics", |ids| &ids.tags);
        let picture = self.lead_image(&mut page);
        let publication = page.text("source", self.ledger);
        let original_url = if publication.is_some() { page.text("source_url", self.ledger) } else { None };
        let canonical_url = page.text("canonical", self.ledger);
        page.leave_rest(&ARTICLE_REASONS, self.ledger);

        let mut body = json!({"slug": slug});
        put(&mut body, "title", title.clone());
        put(&mut body, "standfirst", standfirst.clone());
        put(&mut body, "canonical_url", canonical_url.clone());
        let source = self.body(&page);
        if let Some(source) = &source {
            body["body"] = json!({"format": "markdown", "source": source});
        }
        body["bylines"] = authors.iter().map(|slug| json!({"author_id": self.ids.authors[slug]})).collect();
        body["tag_ids"] = tags.iter().map(|slug| json!(self.ids.tags[slug])).collect();
        if let Some(publication) = &publication {
            let Some(id) = self.ids.publications.get(publication) else { panic!("{file}: no source {publication}") };
            let mut credit = json!({"publication_id": id, "relation": "republished"});
            put(&mut credit, "original_url", original_url.clone());
            body["credits"] = json!([credit]);
        }
        if let Some((_, image)) = &picture {
            body["lead_image"] = image.clone();
        }
        let date = published_at.to_string();
        let Some(made) = self.create("articles", &file, body, date.get(..10).unwrap_or_default()) else {
            return self.ledger.take_back(before, &file, "the server refuses the article");
        };
        let slug = made["slug"].as_str().expect("a slug").to_owned();
        self.wanted.pictures.extend(picture.iter().map(|(uid, _)| uid.clone()));
        if draft {
            return self.wanted.drafts.push(slug);
        }
        let step = format!("/v1/editor/articles/{}/publish", id_of(&made));
        let answer = self.editor.action(&step, &etag_of(&made), &json!({"published_at": published_at.to_string()}));
        if answer.status != 200 {
            self.ledger.refuse(&file, format!("publishing: {}; it stays a draft", refusal(answer).join("; ")));
            return self.wanted.drafts.push(slug);
        }
        self.wanted.articles.push(WantedArticle {
            file,
            slug,
            title: title.unwrap_or_default(),
            standfirst,
            authors,
            tags,
            publication,
            original_url,
            canonical_url,
            published_at,
            has_text: has_text(&page.body),
            picture: picture.map(|(_, image)| image),
            words: words_of(&page.body),
        });
    }

    fn event(&mut self, mut page: Page) {
        let file = page.file.clone();
        if page.peek("draft") == Some("true") {
            return page.leave_all("a meeting has no draft: entering it would publish it", self.ledger);
        }
        let before = self.ledger.entered;
        let title = self.plain_text(&mut page, "title").unwrap_or_default();
        let slug = page.text("slug", self.ledger).unwrap_or_else(|| page.stem.clone());
        let summary = self.plain_text(&mut page, "summary").or_else(|| self.plain_text(&mut page, "deck"));
        let starts = self.time(&mut page, "date", None).unwrap_or_else(|| panic!("{file}: no date"));
        let ends = self.time(&mut page, "end_date", Some(starts.offset())).unwrap_or_else(|| panic!("{file}: no end"));
        let minutes = ends.instant().duration_since(starts.instant()).as_secs() / 60;
        let zone = self.zone_of(&starts, &file);
        let organiser = self.plain_text(&mut page, "host").or_else(|| self.plain_text(&mut page, "event_organizer"));
        let registration_url = page.text("registration_url", self.ledger).map(|address| address.trim().to_owned());
        let tags = self.known(&mut page, "topics", |ids| &ids.tags);
        let venue = self.venue(&mut page);
        let attendance = self.attendance(&mut page, venue.is_some());
        page.leave_rest(&EVENT_REASONS, self.ledger);

        let local = starts.local.strftime("%Y-%m-%dT%H:%M").to_string();
        let mut body = json!({
            "slug": slug, "title": title, "starts_at_local": local, "timezone": zone, "duration_minutes": minutes, "attendance": attendance,
        });
        put(&mut body, "summary", summary.clone());
        put(&mut body, "organiser", organiser.clone());
        put(&mut body, "registration_url", registration_url.clone());
        put(&mut body, "description", self.body(&page));
        put(&mut body, "venue_id", venue.as_ref().map(|(id, _)| id.clone()));
        body["tag_ids"] = tags.iter().map(|slug| json!(self.ids.tags[slug])).collect();
        let Some(made) = self.create("meetings", &file, body, local.get(..10).unwrap_or_default()) else {
            return self.ledger.take_back(before, &file, "the server refuses the meeting");
        };
        self.wanted.meetings.push(WantedMeeting {
            file,
            slug: made["slug"].as_str().expect("a slug").to_owned(),
            title,
            summary,
            local,
            zone,
            starts_at: starts.instant(),
            ends_at: ends.instant(),
            venue: venue.map(|(_, members)| members),
            organiser,
            registration_url,
            tags,
            attendance,
            has_text: has_text(&page.body),
            words: words_of(&page.body),
        });
    }

    /// The newsroom's zone where its clocks say so, else a zone that has the offset all year.
    fn zone_of(&mut self, time: &FileTime, file: &str) -> String {
        let newsroom = TimeZone::get(ZONE).expect("the zone");
        let Some(offset) = time.offset.filter(|offset| newsroom.to_offset(time.instant()) != *offset) else { return ZONE.to_owned() };
        let hours = -offset.seconds() / 3600;
        let zone = format!("Etc/GMT{hours:+}");
        self.ledger.change(file, format!("offset {offset} is not that of {ZONE} at the time: the zone is {zone}"));
        zone
    }

    /// The place of a meeting, made where it is new.
    fn venue(&mut self, page: &mut Page) -> Option<(String, Vec<(&'static str, String)>)> {
        const MEMBERS: [(&str, &str); 7] = [
            ("venue_name", "name"),
            ("address", "street_address"),
            ("city", "locality"),
            ("state", "region"),
            ("zip", "postcode"),
            ("country", "country"),
            ("map", "map_url"),
        ];
        let mut members: Vec<(&'static str, String)> = Vec::new();
        for (field, member) in MEMBERS {
            let value = self.plain_text(page, &format!("venue.{field}")).or_else(|| self.plain_text(page, field));
            members.extend(value.map(|value| (member, value)));
        }
        if members.is_empty() {
            return None;
        }
        let body = Value::Object(members.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Map<_, _>>());
        let key = body.to_string();
        if let Some(id) = self.ids.venues.get(&key) {
            return Some((id.clone(), members));
        }
        let made = self.create("venues", &page.file, body, "")?;
        let id = id_of(&made).to_owned();
        self.ids.venues.insert(key, id.clone());
        self.wanted.venues += 1;
        Some((id, members))
    }

    fn attendance(&mut self, page: &mut Page, has_venue: bool) -> &'static str {
        let types = page.list("event_type", self.ledger);
        let online = types.iter().any(|kind| kind != "in-person") || page.peek("event_platform").is_some();
        let in_person = types.iter().any(|kind| kind == "in-person") || has_venue;
        match (in_person, online) {
            (true, true) => "hybrid",
            (true, false) => "in_person",
            (false, true) => "online",
            (false, false) if page.peek("youtube_id").is_some() => {
                self.ledger.change(&page.file, "nothing but a recording says how people take part: entered as online");
                "online"
            }
            (false, false) => {
                self.ledger.change(&page.file, "nothing says how people take part, and unknown cannot be entered: entered as online");
                "online"
            }
        }
    }

    /// The lead image: the featured one, else the primary one, with what is recorded of it.
    fn lead_image(&mut self, page: &mut Page) -> Option<(String, Value)> {
        let uid = page.text("featured_image.uid", self.ledger).or_else(|| page.text("primary_image", self.ledger))?;
        let uid = uid.trim().to_owned();
        let own_alt = self.plain_text(page, "featured_image.alt");
        let Some(picture) = self.archive.picture(&uid) else {
            self.ledger.change(&page.file, "a lead image without a record of it, so without an address: not entered");
            return None;
        };
        let picture = picture.clone();
        let mut image = json!({"url": picture.address});
        let alt = own_alt.or_else(|| picture.alt.as_deref().map(|alt| self.plain(alt, &picture.file)));
        put(&mut image, "alt", alt);
        for (name, text) in [("caption", &picture.caption), ("credit", &picture.credit)] {
            let text = text.as_deref().map(|text| self.plain(text, &picture.file));
            put(&mut image, name, text);
        }
        for (name, pixels) in [("width", picture.width), ("height", picture.height)] {
            if let Some(pixels) = pixels {
                image[name] = json!(pixels);
            }
        }
        Some((uid, image))
    }

    /// Closes the books on the records of pictures.
    fn pictures(&mut self) {
        for (uid, picture) in &self.archive.pictures {
            if self.wanted.pictures.contains(uid) {
                self.ledger.entered += picture.fields;
                continue;
            }
            let reason = if self.ledger.shown_pictures.contains(uid) {
                "only bodies show it: address, description and caption stand there, the rest has nowhere to go yet"
            } else {
                "no article has it: a picture cannot be entered on its own yet"
            };
            for _ in 0..picture.fields {
                self.ledger.leave(&picture.file, "a picture's record, each field", reason);
            }
        }
    }

    /// Names of a list that are known; the others are noted.
    fn known(&mut self, page: &mut Page, field: &str, ids: impl Fn(&Ids) -> &BTreeMap<String, String>) -> Vec<String> {
        if field == "authors" && !page.file.starts_with("news/") {
            return Vec::new();
        }
        let names = page.list(field, self.ledger);
        let (known, unknown): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| ids(&self.ids).contains_key(name));
        for _ in unknown {
            self.ledger.change(&page.file, format!("{field} names one that has no file: left out"));
        }
        known
    }

    fn time(&mut self, page: &mut Page, field: &str, otherwise: Option<Offset>) -> Option<FileTime> {
        let text = page.text(field, self.ledger)?;
        let mut time = FileTime::parse(&text).unwrap_or_else(|| panic!("{}: {field} is {text:?}", page.file));
        if time.offset.is_none() {
            self.ledger.change(&page.file, format!("{field} has no offset: that of its beginning, or of {ZONE}"));
            time.offset = otherwise;
        }
        Some(time)
    }

    fn body(&mut self, page: &Page) -> Option<String> {
        let body = to_markdown(&page.body, self.archive, &page.file, self.ledger);
        (!body.trim().is_empty()).then_some(body)
    }

    fn leave_body(&mut self, page: &Page, reason: &str) {
        if !page.body.trim().is_empty() {
            self.ledger.change(&page.file, format!("the text below the front matter is left out: {reason}"));
        }
    }

    fn plain_text(&mut self, page: &mut Page, field: &str) -> Option<String> {
        let text = page.text(field, self.ledger)?;
        Some(self.plain(&text, &page.file))
    }

    /// Plain text of a field that the old site printed as HTML.
    fn plain(&mut self, text: &str, file: &str) -> String {
        let (without_tags, tags) = without_tags(text);
        if tags {
            self.ledger.change(file, "tags in plain text: taken out");
        }
        let decoded = decode(&without_tags);
        if decoded != without_tags {
            self.ledger.change(file, "character references in plain text: written as characters");
        }
        let trimmed = decoded.trim();
        if trimmed != decoded {
            self.ledger.change(file, "white space around plain text: taken off");
        }
        trimmed.to_owned()
    }
}

const PAGE_ABOVE: &str = "the page above all pages of the kind, not one of them";

/// The faults of a refusal, as the server tells them.
fn refusal(answer: Response) -> Vec<String> {
    let answer = answer.assert_status(422);
    let problem = answer.problem();
    let faults = problem["errors"].as_array().unwrap_or_else(|| panic!("no faults: {answer}"));
    let word = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    faults.iter().map(|fault| format!("{} {}: {}", word(fault, "pointer"), word(fault, "code"), word(fault, "message"))).collect()
}

fn put(body: &mut Value, name: &str, value: Option<String>) {
    if let Some(value) = value {
        body[name] = json!(value);
    }
}

/// A time as the files have it: `2018-09-24 9:01:00 -0500`.
struct FileTime {
    local: DateTime,
    offset: Option<Offset>,
}

impl FileTime {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split_whitespace();
        let (date, clock) = (parts.next()?, parts.next().unwrap_or("00:00:00"));
        let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", format!("{date} {clock:0>8}")).ok()?;
        let offset = match parts.next() {
            None => None,
            Some(text) => {
                let hours: i32 = text.get(..3)?.parse().ok()?;
                let minutes: i32 = text.get(3..)?.parse().ok()?;
                Some(Offset::from_seconds(hours * 3600 + minutes * 60 * hours.signum()).ok()?)
            }
        };
        Some(Self { local, offset })
    }

    fn instant(&self) -> Timestamp {
        self.offset().to_timestamp(self.local).expect("a time")
    }

    /// The offset written, or that of the newsroom.
    fn offset(&self) -> Offset {
        let newsroom = TimeZone::get(ZONE).expect("the zone");
        self.offset.unwrap_or_else(|| newsroom.to_offset(newsroom.to_timestamp(self.local).expect("a time")))
    }
}

/// A body without shortcodes, remarks, tags and addresses of links, each given as its beginning and its end.
fn without_markup(body: &str) -> String {
    let mut rest = body.to_owned();
    for (start, end) in [("{{<", ">}}"), ("<!--", "-->"), ("<iframe", "</iframe>"), ("<", ">"), ("](", ")")] {
        let mut kept = String::with_capacity(rest.len());
        let mut tail = rest.as_str();
        while let Some((before, after)) = tail.split_once(start) {
            kept.push_str(before);
            kept.push(' ');
            tail = if end == ")" { after_parenthesis(after) } else { after.split_once(end).map_or("", |(_, tail)| tail) };
        }
        kept.push_str(tail);
        rest = kept;
    }
    rest
}

/// What comes after the parenthesis that is open at the beginning.
fn after_parenthesis(text: &str) -> &str {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        depth += i32::from(character == '(') - i32::from(character == ')');
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// Whether a body says anything.
fn has_text(body: &str) -> bool {
    without_markup(body).contains(char::is_alphabetic)
}

/// The longer words of a body, each once; they must still be there when it is read.
fn words_of(body: &str) -> Vec<String> {
    let text = without_markup(body);
    let plain = text.split_whitespace().filter(|word| !word.contains(['/', '@', '&', '\\']));
    let words = plain.flat_map(|word| word.split(|character: char| !character.is_alphabetic())).filter(|word| word.chars().count() > 4);
    words.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

fn without_tags(text: &str) -> (String, bool) {
    let mut out = String::new();
    let (mut rest, mut found) = (text, false);
    while let Some(start) = rest.find('<') {
        let is_tag = rest[start + 1..].starts_with(|character: char| character.is_ascii_alphabetic() || character == '/');
        let Some(end) = rest[start..].find('>').filter(|_| is_tag) else {
            out.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        };
        out.push_str(&rest[..start]);
        rest = &rest[start + end + 1..];
        found = true;
    }
    (out + rest, found)
}

/// Writes the character references that the files use as characters; others stay.
fn decode(text: &str) -> String {
    const NAMES: [(&str, char); 18] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("nbsp", '\u{a0}'),
        ("mdash", '—'),
        ("ndash", '–'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("hellip", '…'),
        ("bull", '•'),
        ("reg", '®'),
        ("ntilde", 'ñ'),
        ("eacute", 'é'),
        ("trade", '™'),
        ("apos", '\''),
    ];
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let decoded = after.split_once(';').and_then(|(name, tail)| {
            let character = match name.strip_prefix('#') {
                Some(number) => match number.strip_prefix(['x', 'X']) {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                    None => number.parse().ok(),
                }
                .and_then(char::from_u32),
                None => NAMES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character),
            };
            character.map(|character| (character, tail))
        });
        match decoded {
            Some((character, tail)) => {
                out.push(character);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_made_of_what_the_old_site_printed() {
        assert_eq!(decode("A&#8217;s &mdash; Q&A &#x41; &strange; &amp;lt;"), "A’s — Q&A A &strange; &lt;");
        assert_eq!(without_tags("a <b>c</b> < d <br/>"), ("a c < d ".to_owned(), true));
        assert_eq!(words_of("[linked (word)]((https://a.example) \"title\") after <b>within</b>"), ["after", "linked", "within"]);
        assert!(!has_text("{{< img src=\"a\" >}}\n<br> <!-- none -->"));
    }

    #[test]
    fn times_of_the_files_are_instants() {
        let instant = |text: &str| FileTime::parse(text).unwrap().instant().to_string();
        assert_eq!(instant("2014-04-08 1:04:09 -0400"), "2014-04-08T05:04:09Z");
        assert_eq!(instant("2019-05-07 10:00:00"), "2019-05-07T14:00:00Z");
        assert_eq!(instant("2019-01-07"), "2019-01-07T05:00:00Z");
    }
}
