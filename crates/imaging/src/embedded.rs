//! What a picture says of itself: how it was held (EXIF) and who made it (EXIF, IPTC, XMP). Nothing else is read.

use crate::container::Container;
use masthead_domain::media::CREDIT_LENGTH_MAX;

/// Tags of EXIF's first directory (TIFF 6.0).
const ORIENTATION: u16 = 0x0112;
const ARTIST: u16 = 0x013b;
const COPYRIGHT: u16 = 0x8298;

/// More entries than any camera writes.
const ENTRIES_MAX: u16 = 512;

/// How a picture is to be turned: 1, as it is, to 8.
#[must_use]
pub fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = Tiff::read(exif)?;
    let entry = tiff.entry(ORIENTATION)?;
    let value = tiff.number16(entry.get(8..)?)?;
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value))
}

/// The line of credit: maker and agency as the trade writes them, else whoever holds the copyright.
#[must_use]
pub fn credit(container: &Container) -> Option<String> {
    let xmp = container.xmp.map(String::from_utf8_lossy);
    let xmp = xmp.as_deref().unwrap_or_default();
    let exif = |tag| container.exif.and_then(|bytes| Tiff::read(bytes)?.text(tag));
    let iptc = |number| container.resources.and_then(|bytes| iptc_record(bytes, number));
    let maker = iptc(80).or_else(|| xmp_text(xmp, "dc:creator")).or_else(|| exif(ARTIST));
    let agency = iptc(110).or_else(|| xmp_text(xmp, "photoshop:Credit"));
    match (maker, agency) {
        (Some(maker), Some(agency)) if agency.contains(&maker) => Some(agency),
        (Some(maker), Some(agency)) => clean(&format!("{maker} / {agency}")),
        (one, other) => one.or(other).or_else(|| iptc(116)).or_else(|| xmp_text(xmp, "dc:rights")).or_else(|| exif(COPYRIGHT)),
    }
}

/// One line without control characters, as long as a credit may be.
fn clean(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(CREDIT_LENGTH_MAX).collect();
    (!line.is_empty()).then_some(line)
}

/// The first directory of a TIFF file.
struct Tiff<'a> {
    bytes: &'a [u8],
    is_little: bool,
    directory: usize,
    entries: u16,
}

impl<'a> Tiff<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let is_little = match bytes.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let mut tiff = Self { bytes, is_little, directory: 0, entries: 0 };
        let offset = usize::try_from(tiff.number32(bytes.get(4..)?)?).ok()?;
        tiff.entries = tiff.number16(bytes.get(offset..)?)?.min(ENTRIES_MAX);
        tiff.directory = offset.checked_add(2)?;
        Some(tiff)
    }

    fn number16(&self, bytes: &[u8]) -> Option<u16> {
        let bytes = bytes.get(..2)?.try_into().ok()?;
        Some(if self.is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn number32(&self, bytes: &[u8]) -> Option<u32> {
        let bytes = bytes.get(..4)?.try_into().ok()?;
        Some(if self.is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// The twelve bytes of an entry.
    fn entry(&self, tag: u16) -> Option<&'a [u8]> {
        let entries = self.bytes.get(self.directory..)?.chunks_exact(12).take(usize::from(self.entries));
        entries.into_iter().find(|entry| self.number16(entry) == Some(tag))
    }

    /// A text: in the entry itself where it is short, else where the entry points.
    fn text(&self, tag: u16) -> Option<String> {
        let entry = self.entry(tag)?;
        let count = usize::try_from(self.number32(entry.get(4..)?)?).ok()?;
        let value = entry.get(8..)?;
        let start = usize::try_from(self.number32(value)?).ok()?;
        let bytes = if count <= 4 { value.get(..count)? } else { self.bytes.get(start..start.checked_add(count)?)? };
        clean(&String::from_utf8_lossy(bytes).replace('\0', " "))
    }
}

/// A text of IPTC's second record (IIM 4.2) among the resources of Photoshop.
fn iptc_record(mut resources: &[u8], number: u8) -> Option<String> {
    while let Some(rest) = resources.strip_prefix(b"8BIM") {
        let id = u16::from_be_bytes(rest.get(..2)?.try_into().ok()?);
        let name = usize::from(*rest.get(2)?).checked_add(1)?.next_multiple_of(2);
        let rest = rest.get(2_usize.checked_add(name)?..)?;
        let size = usize::try_from(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
        let data = rest.get(4..4_usize.checked_add(size)?)?;
        if id == 0x0404 {
            return data_set(data, number);
        }
        resources = rest.get(4_usize.checked_add(size.checked_next_multiple_of(2)?)?..)?;
    }
    None
}

fn data_set(mut data: &[u8], number: u8) -> Option<String> {
    while let [0x1c, record, set, high, low, rest @ ..] = data {
        let size = usize::from(u16::from_be_bytes([*high, *low]));
        let value = rest.get(..size)?;
        if *record == 2 && *set == number {
            return clean(&String::from_utf8_lossy(value));
        }
        data = rest.get(size..)?;
    }
    None
}

/// A value of XMP, as an attribute, an element or the first of a list. Programs write the customary prefixes.
fn xmp_text(xmp: &str, name: &str) -> Option<String> {
    if let Some((_, rest)) = xmp.split_once(&format!("{name}=\"")) {
        return clean(&unescaped(rest.split_once('"')?.0));
    }
    let (_, rest) = xmp.split_once(&format!("<{name}>"))?;
    let (element, _) = rest.split_once(&format!("</{name}>"))?;
    let text = match element.split_once("<rdf:li") {
        Some((_, item)) => item.split_once('>')?.1.split_once("</rdf:li>")?.0,
        None => element,
    };
    if text.contains('<') { None } else { clean(&unescaped(text)) }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
