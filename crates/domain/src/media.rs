//! Media: the files that articles show, what editors say of them, and the sizes and shapes that readers get them in.

use crate::article::MediaRole;
use crate::read::Reader;
use crate::slug::Slug;
use crate::{stored_vocabulary, vocabulary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest credit, in characters.
pub const CREDIT_LENGTH_MAX: usize = 300;

/// The longest name of a file, in characters.
pub const NAME_LENGTH_MAX: usize = 200;

stored_vocabulary! {
    /// What a file is, told by its bytes.
    MediaType {
        Jpeg = "image/jpeg",
        Png = "image/png",
        Webp = "image/webp",
        Gif = "image/gif",
        Pdf = "application/pdf",
    }
}

impl MediaType {
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Pdf => "pdf",
        }
    }

    #[must_use]
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::Webp | Self::Gif => MediaKind::Image,
            Self::Pdf => MediaKind::Document,
        }
    }

    /// What renditions of it are made as: WebP, and what older programs read too.
    fn rendered_as(self) -> &'static [Self] {
        match self {
            Self::Jpeg => &[Self::Webp, Self::Jpeg],
            // A rendition of many colours would not look well as GIF.
            Self::Png | Self::Gif => &[Self::Webp, Self::Png],
            Self::Webp => &[Self::Webp],
            Self::Pdf => &[],
        }
    }
}

vocabulary! {
    /// What shows a media item.
    ShownBy {
        Article = "article",
        Issue = "issue",
        Site = "site",
    }
}

vocabulary! {
    /// What a media item is shown as.
    ShownAs {
        LeadImage = "lead_image",
        /// Among those that stand with an article.
        Media = "media",
        /// The front page of an issue.
        Cover = "cover",
        /// The printed pages of an issue.
        Pdf = "pdf",
        Logo = "logo",
    }
}

impl From<MediaRole> for ShownAs {
    fn from(role: MediaRole) -> Self {
        match role {
            MediaRole::LeadImage => Self::LeadImage,
            MediaRole::Media => Self::Media,
        }
    }
}

stored_vocabulary! {
    /// What a file is good for.
    MediaKind {
        Image = "image",
        Document = "document",
    }
}

/// The SHA-256 of a file as it is kept, in hexadecimal: its name for ever, for another file has another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = crate::column::Word)]
#[serde(transparent)]
pub struct ContentHash(String);

crate::stored_word!(ContentHash);

impl ContentHash {
    /// Reads 64 digits in lower case; anything else is no hash.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The hash of that digest.
    #[must_use]
    pub fn of_digest(digest: &[u8]) -> Self {
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The point of a picture that must stay to be seen when it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FocalPoint {
    /// From the left edge, 0, to the right, 1.
    #[schema(minimum = 0, maximum = 1, example = 0.35)]
    pub x: f64,
    /// From the upper edge, 0, to the lower, 1.
    #[schema(minimum = 0, maximum = 1, example = 0.2)]
    pub y: f64,
}

/// What an editor enters for a media item; the file itself never changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MediaIn {
    /// What the file was called; a label, and nothing else.
    #[schema(min_length = 1, max_length = 200, example = "ferry-at-dusk.jpg")]
    pub name: String,
    /// What is to be seen, for those who do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "A green ferry at the wharf")]
    pub alt: Option<String>,
    /// Whether it only adorns, so that those who do not see it miss nothing: readers get an empty `alt`.
    #[serde(default)]
    #[schema(default = false)]
    pub decorative: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "The last boat of the evening")]
    pub caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "Picture: Ida Moss")]
    pub credit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "CC BY 4.0")]
    pub licence: Option<String>,
    /// Of the words above and of those in the picture; BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 35, example = "en-AU")]
    pub language: Option<String>,
    /// Where the picture may be cut around; its middle where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<FocalPoint>,
}

impl MediaIn {
    /// Reads and checks everything.
    pub fn read(reader: &mut Reader) -> Self {
        Self {
            name: reader.required_line("name", NAME_LENGTH_MAX),
            decorative: reader.boolean("decorative").unwrap_or_default(),
            focal_point: read_focal_point(reader),
            ..Self::read_words(reader)
        }
    }

    /// Reads what may come along with an upload.
    pub fn read_words(reader: &mut Reader) -> Self {
        Self {
            alt: reader.text("alt", 1000),
            caption: reader.filled_text("caption", 2000),
            credit: reader.filled_line("credit", CREDIT_LENGTH_MAX),
            licence: reader.filled_line("licence", 200),
            language: reader.language("language"),
            ..Self::default()
        }
    }

    /// The alternative text as readers get it.
    #[must_use]
    pub fn alt_text(&self) -> Option<&str> {
        if self.decorative { Some("") } else { self.alt.as_deref() }
    }

    /// What a search for words looks at.
    #[must_use]
    pub fn searched(&self) -> String {
        let texts = [Some(&self.name), self.alt.as_ref(), self.caption.as_ref(), self.credit.as_ref()];
        texts.into_iter().flatten().flat_map(|text| crate::search::words(text)).collect::<Vec<_>>().join(" ")
    }
}

fn read_focal_point(reader: &mut Reader) -> Option<FocalPoint> {
    let read = |point: &mut Reader| {
        let (x, y) = (point.number("x", 0.0..=1.0), point.number("y", 0.0..=1.0));
        let (x, y) = (point.require("x", x), point.require("y", y));
        Some(FocalPoint { x: x?, y: y? })
    };
    reader.object("focal_point", read).flatten()
}

/// What a file may be called: its last part, without what cannot be seen or turns the order of what can.
#[must_use]
pub fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|character| !character.is_control() && !is_invisible(*character)).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(NAME_LENGTH_MAX).collect();
    if name.chars().any(char::is_alphanumeric) { name } else { "untitled".to_owned() }
}

/// Marks of direction and characters without width.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}')
}

/// The last part of a file's address, made from its name.
#[must_use]
pub fn file_name(name: &str, media_type: MediaType) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let slug = Slug::from_title(stem).to_string();
    let extension = media_type.extension();
    // Not to be taken for a rendition.
    if slug.starts_with('w') && slug.chars().skip(1).all(|character| character.is_ascii_digit()) || Crop::of_file_name(&slug).is_some() {
        return format!("file-{slug}.{extension}");
    }
    format!("{slug}.{extension}")
}

vocabulary! {
    /// The shape that a picture is cut to around its focal point.
    Crop {
        Square = "square",
        /// 16 to 9.
        Wide = "wide",
    }
}

impl Crop {
    fn ratio(self) -> (u32, u32) {
        match self {
            Self::Square => (1, 1),
            Self::Wide => (16, 9),
        }
    }

    fn widths(self) -> &'static [u32] {
        match self {
            Self::Square => &[320, 640],
            Self::Wide => &[640, 1280, 1920],
        }
    }

    /// The crop that the name of a rendition begins with.
    #[must_use]
    pub fn of_file_name(name: &str) -> Option<Self> {
        let (crop, rest) = name.split_once("-w")?;
        Self::parse(crop).filter(|_| rest.starts_with(|character: char| character.is_ascii_digit()))
    }
}

/// The widths that whole pictures are made smaller to.
const WIDTHS: [u32; 5] = [320, 640, 960, 1280, 1920];

/// The part of a picture that is shown, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// A picture in another size or shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rendition {
    pub crop: Option<Crop>,
    pub width: u32,
    pub height: u32,
    pub media_type: MediaType,
    /// The focal point in percent.
    focus: (u32, u32),
}

impl Rendition {
    /// All that there are of a picture. None is larger than it is, and animations have none: they would stand still.
    #[must_use]
    pub fn all(media_type: MediaType, (width, height): (u32, u32), focal_point: Option<FocalPoint>) -> Vec<Self> {
        let focus = focal_point.map_or((50, 50), |point| (percent(point.x), percent(point.y)));
        let mut all = Vec::new();
        let mut add = |crop: Option<Crop>, width: u32, height: u32| {
            all.extend(media_type.rendered_as().iter().map(|media_type| Self { crop, width, height: height.max(1), media_type: *media_type, focus }));
        };
        let largest = WIDTHS.last().copied().unwrap_or_default();
        let own = (width <= largest).then_some(width);
        for smaller in WIDTHS.into_iter().filter(|smaller| *smaller < width).chain(own) {
            add(None, smaller, scaled(height, smaller, width));
        }
        for crop in [Crop::Square, Crop::Wide] {
            let (across, down) = crop.ratio();
            let widest = scaled(height, across, down).min(width).max(1);
            let fitting = crop.widths().iter().filter(|cut| **cut <= widest).count();
            for cut in crop.widths().iter().take(fitting).copied().chain((fitting == 0).then_some(widest)) {
                add(Some(crop), cut, scaled(cut, down, across));
            }
        }
        all
    }

    /// The last part of its address.
    #[must_use]
    pub fn file_name(&self) -> String {
        let extension = self.media_type.extension();
        match self.crop {
            None => format!("w{}.{extension}", self.width),
            Some(crop) => format!("{crop}-w{}-{}x{}.{extension}", self.width, self.focus.0, self.focus.1),
        }
    }

    /// The part of a picture of that size that it shows.
    #[must_use]
    pub fn area(&self, width: u32, height: u32) -> Area {
        let (width, height) = (f64::from(width), f64::from(height));
        let Some(crop) = self.crop else { return Area { left: 0.0, top: 0.0, width, height } };
        let ratio = f64::from(crop.ratio().0) / f64::from(crop.ratio().1);
        let (across, down) = if width > height * ratio { (height * ratio, height) } else { (width, width / ratio) };
        let begin = |focus: u32, whole: f64, part: f64| (f64::from(focus) / 100.0 * whole - part / 2.0).clamp(0.0, whole - part);
        Area { left: begin(self.focus.0, width, across), top: begin(self.focus.1, height, down), width: across, height: down }
    }
}

/// A part of one in percent.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100 before")]
fn percent(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// `length * part / whole`, rounded.
fn scaled(length: u32, part: u32, whole: u32) -> u32 {
    let (length, part, whole) = (u64::from(length), u64::from(part), u64::from(whole.max(1)));
    u32::try_from((length * part + whole / 2) / whole).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    fn sizes(media_type: MediaType, size: (u32, u32), crop: Option<Crop>) -> Vec<(u32, u32)> {
        let all = Rendition::all(media_type, size, None);
        all.iter().filter(|one| one.crop == crop && one.media_type == MediaType::Webp).map(|one| (one.width, one.height)).collect()
    }

    #[test]
    fn renditions_are_never_larger_than_the_picture() {
        assert_eq!(sizes(MediaType::Jpeg, (4000, 3000), None), [(320, 240), (640, 480), (960, 720), (1280, 960), (1920, 1440)]);
        assert_eq!(sizes(MediaType::Jpeg, (4000, 3000), Some(Crop::Square)), [(320, 320), (640, 640)]);
        assert_eq!(sizes(MediaType::Jpeg, (4000, 3000), Some(Crop::Wide)), [(640, 360), (1280, 720), (1920, 1080)]);
        assert_eq!(sizes(MediaType::Png, (800, 100), None), [(320, 40), (640, 80), (800, 100)]);
        assert_eq!(sizes(MediaType::Png, (800, 100), Some(Crop::Wide)), [(178, 100)]);
        for size in [(1, 1), (1, 12_000), (12_000, 1), (319, 5000)] {
            for one in Rendition::all(MediaType::Png, size, Some(FocalPoint { x: 1.0, y: 0.0 })) {
                let area = one.area(size.0, size.1);
                assert!(one.width >= 1 && one.height >= 1 && one.width <= size.0, "{size:?} {one:?}");
                assert!(area.left >= 0.0 && area.left + area.width <= f64::from(size.0) + 1e-6, "{size:?} {area:?}");
                assert!(area.top >= 0.0 && area.top + area.height <= f64::from(size.1) + 1e-6, "{size:?} {area:?}");
            }
        }
        assert!(Rendition::all(MediaType::Pdf, (1, 1), None).is_empty());
    }

    #[test]
    fn a_crop_keeps_the_focal_point() {
        let all = Rendition::all(MediaType::Jpeg, (4000, 1000), Some(FocalPoint { x: 0.9, y: 0.5 }));
        let square = all.iter().find(|one| one.crop == Some(Crop::Square)).unwrap();
        assert_eq!(square.area(4000, 1000), Area { left: 3000.0, top: 0.0, width: 1000.0, height: 1000.0 });
        assert_eq!(square.file_name(), "square-w320-90x50.webp");
        assert_eq!(Crop::of_file_name("square-w320-90x50.webp"), Some(Crop::Square));
        assert_eq!(Crop::of_file_name("square-wharf.webp"), None);
    }

    #[test]
    fn names_are_labels_without_tricks() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Pictures\\ferry.jpg", "ferry.jpg"),
            ("gpj.\u{202e}yrref.exe", "gpj.yrref.exe"),
            ("a\0b\r\nc.png", "abc.png"),
            ("", "untitled"),
            ("..", "untitled"),
            ("船 の写真.jpg", "船 の写真.jpg"),
        ] {
            assert_eq!(clean_name(given), name, "{given:?}");
        }
        assert_eq!(clean_name(&"x".repeat(5000)).len(), NAME_LENGTH_MAX);
    }

    #[test]
    fn the_address_of_a_file_is_no_other_files() {
        assert_eq!(file_name("The Ferry (2).JPG", MediaType::Jpeg), "the-ferry-2.jpg");
        assert_eq!(file_name("W640.webp", MediaType::Webp), "file-w640.webp");
        assert_eq!(file_name("square-w320-50x50.jpg", MediaType::Jpeg), "file-square-w320-50x50.jpg");
        assert_eq!(file_name("photo.html", MediaType::Png), "photo.png");
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = ContentHash::of_digest(&[0xab; 32]);
        assert_eq!(ContentHash::parse(hash.as_str()), Some(hash.clone()));
        assert_eq!(ContentHash::parse(&hash.as_str().to_uppercase()), None);
        assert_eq!(ContentHash::parse("ab"), None);
    }
}
