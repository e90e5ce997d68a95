//! Makes any number of articles, and the records around them, from a seed.
//!
//! The same number of articles and the same seed give the same content on every machine and in every
//! release of the compiler: whole numbers only, no clock, no hash maps, and the random numbers come
//! from this module. Each article is made from its index alone, so any of them can be had in any
//! order. Article 0 is the oldest; publication times rise with the index.
//!
//! # Words to search for
//!
//! Three words stand in the bodies of exactly known articles and nowhere else:
//!
//! | word | articles | share |
//! | --- | --- | --- |
//! | [`COMMON_WORD`], "petition" | index divisible by 2 | 50 % |
//! | [`UNCOMMON_WORD`], "lighthouse" | index leaving 7 when divided by 100 | 1 % |
//! | [`RARE_WORD`], "quillwort" | index divisible by 10,000 | 0.01 % |

mod pattern;
mod prose;
mod random;
mod records;
mod sentences;
mod words;

use super::content::{
    BylineRole, DemoArticle, DemoAuthor, DemoBranch, DemoByline, DemoCredit, DemoMeeting, DemoPublication, DemoSection, DemoTag, DemoTiming,
    DemoVenue, Relation, Text,
};
use prose::{Language, Prose};
use random::{Random, Zipf};

/// In every article whose index is even: half of them.
pub const COMMON_WORD: &str = "petition";
/// In every article whose index leaves 7 when divided by 100: one in a hundred.
pub const UNCOMMON_WORD: &str = "lighthouse";
/// In every article whose index is a multiple of 10,000: one in ten thousand.
pub const RARE_WORD: &str = "quillwort";

const TWELVE_YEARS_SECONDS: u64 = 12 * 365 * 86_400;
/// The newest article is at least this old, so that a slow clock does not hide it.
const NEWEST_SECONDS_AGO: u64 = 60;

/// A paper of any size.
#[derive(Clone, Debug)]
pub struct Corpus {
    pub sections: Vec<DemoSection>,
    pub tags: Vec<DemoTag>,
    pub authors: Vec<DemoAuthor>,
    pub publications: Vec<DemoPublication>,
    pub branches: Vec<DemoBranch>,
    pub venues: Vec<DemoVenue>,
    pub meetings: Vec<DemoMeeting>,
    articles: u64,
    seed: u64,
    prose: Prose,
    section_choice: Zipf,
    tag_choice: Zipf,
    author_choice: Zipf,
    publication_choice: Zipf,
}

impl Corpus {
    /// The corpus of `articles` articles that `seed` stands for.
    pub fn new(articles: u64, seed: u64) -> Self {
        let scaled = |divisor: u64, least: u64, most: u64| (articles / divisor).clamp(least, most) as usize;
        let sections = records::sections();
        let tags = records::tags(scaled(4, 12, 150));
        let authors = records::authors(scaled(5, 8, 200), seed);
        let publications = records::publications(scaled(20, 5, 30));
        let branches = records::branches();
        let venues = records::venues(&branches, seed);
        let meetings = records::meetings(scaled(10, 12, 100), &branches, seed);
        Self {
            section_choice: Zipf::new(sections.len()),
            tag_choice: Zipf::new(tags.len()),
            author_choice: Zipf::new(authors.len()),
            publication_choice: Zipf::new(publications.len()),
            prose: Prose::new(),
            sections,
            tags,
            authors,
            publications,
            branches,
            venues,
            meetings,
            articles,
            seed,
        }
    }

    /// How many articles there are.
    pub fn article_count(&self) -> u64 {
        self.articles
    }

    /// All articles, oldest first, each made as it is asked for.
    pub fn articles(&self) -> impl Iterator<Item = DemoArticle> {
        (0..self.articles).filter_map(|index| self.article(index))
    }

    /// The article of that index; `None` past the end.
    pub fn article(&self, index: u64) -> Option<DemoArticle> {
        if index >= self.articles {
            return None;
        }
        let mut random = Random::new(self.seed, index);
        let seconds_ago = self.seconds_ago(index, &mut random);
        let language = self.prose.language(index, &mut random);
        let title = self.prose.title(language, &mut random);
        let mut bylines = self.bylines(&mut random);
        let credit = random.chance(45).then(|| self.credit(index, &title, language, &mut bylines, &mut random));
        Some(DemoArticle {
            slug: Text::Owned(article_slug(&title, index)),
            title: Text::Owned(title),
            standfirst: Text::Owned(self.prose.standfirst(language, &mut random)),
            language: Text::Borrowed(language.tag()),
            byline_text: None,
            section: self.section_choice.choose(&mut random),
            tags: self.article_tags(&mut random),
            timing: DemoTiming::Published { seconds_ago },
            related: Vec::new(),
            body_markdown: Text::Owned(self.prose.body(index, language, &mut random)),
            bylines,
            credit,
        })
    }

    /// Twelve years are cut into as many equal pieces as there are articles; each article falls
    /// somewhere into its own piece, so no two share a second.
    fn seconds_ago(&self, index: u64, random: &mut Random) -> u64 {
        let piece = (TWELVE_YEARS_SECONDS / self.articles.max(1)).max(1);
        NEWEST_SECONDS_AGO + (self.articles - 1 - index) * piece + random.below(piece)
    }

    /// One to three authors; the last of several sometimes took the pictures.
    fn bylines(&self, random: &mut Random) -> Vec<DemoByline> {
        let count = match random.below(20) {
            0..=13 => 1,
            14..=18 => 2,
            _ => 3,
        };
        let authors = distinct(&self.author_choice, count, random);
        let pictures = count > 1 && random.chance(60);
        let last = authors.len() - 1;
        let role = |position| {
            if pictures && position == last { BylineRole::Pictures } else { BylineRole::Words }
        };
        authors.into_iter().enumerate().map(|(position, author)| DemoByline { author, role: role(position) }).collect()
    }

    /// One to four tags, the first ones of the list far more often than the last.
    fn article_tags(&self, random: &mut Random) -> Vec<usize> {
        let count = random.between(1, 4);
        distinct(&self.tag_choice, count as usize, random)
    }

    /// A credit. A piece from a paper in another language is a translation, and the first of `bylines`
    /// becomes its translator.
    fn credit(&self, index: u64, title: &str, language: Language<'_>, bylines: &mut [DemoByline], random: &mut Random) -> DemoCredit {
        let position = self.publication_choice.choose(random);
        let publication = self.publications.get(position);
        let source_language = publication.map_or("en", |publication| publication.language.as_ref());
        let homepage = publication.map_or("", |publication| publication.homepage.as_ref());
        let (relation, original_title) = if !source_language.starts_with(language.tag()) {
            (Relation::Translated, Text::Owned(self.prose.title_in(source_language, random)))
        } else if random.chance(35) {
            (Relation::Abridged, Text::Owned(self.prose.title_in(source_language, random)))
        } else {
            (Relation::Republished, Text::Owned(title.to_owned()))
        };
        let translator = bylines.first_mut().filter(|_| relation == Relation::Translated).map(|byline| {
            byline.role = BylineRole::Translation;
            byline.author
        });
        let author = self.authors.get(self.author_choice.choose(random));
        DemoCredit {
            publication: position,
            relation,
            original_url: Text::Owned([homepage, "/", &article_slug(&original_title, index)].concat()),
            original_title,
            original_authors: author.map_or(Text::Borrowed(""), |author| author.name.clone()),
            original_published_seconds_before: random.between(3_600, 40 * 86_400),
            translator,
            changes: match relation {
                Relation::Republished => None,
                Relation::Abridged => Some(Text::Borrowed("Abridged for length.")),
                Relation::Translated => Some(Text::Borrowed("Translated.")),
            },
        }
    }
}

/// Titles repeat, indexes do not.
fn article_slug(title: &str, index: u64) -> String {
    let mut slug = records::slug(title);
    slug.push('-');
    slug.push_str(&index.to_string());
    slug
}

/// Up to `count` different positions, at least one, in the order drawn.
fn distinct(choice: &Zipf, count: usize, random: &mut Random) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(count);
    for _ in 0..count * 3 {
        let position = choice.choose(random);
        if !chosen.contains(&position) {
            chosen.push(position);
        }
        if chosen.len() == count {
            break;
        }
    }
    chosen
}

#[cfg(test)]
mod tests;
