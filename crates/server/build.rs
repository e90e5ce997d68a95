//! Takes the files of Swagger UI that the documentation page needs out of the archive they come in.
//!
//! A ZIP archive and a gzip file hold the same compressed stream between other marks (APPNOTE.TXT 6.3.10, sections 4.3
//! and 4.4; RFC 1952, section 2.3), so nothing is unpacked here: what the archive holds becomes what a browser is sent.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

/// The files, by their names at the end of those in the archive.
const FILES: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

/// Marks of the records of an archive, as the numbers they are read as.
const END_OF_DIRECTORY: u32 = 0x0605_4b50;
const DIRECTORY_ENTRY: u32 = 0x0201_4b50;
const FILE_HEADER: u32 = 0x0403_4b50;

/// Lengths of their parts that are always there.
const END_OF_DIRECTORY_LENGTH: usize = 22;
const DIRECTORY_ENTRY_LENGTH: usize = 46;
const FILE_HEADER_LENGTH: usize = 30;

/// The compression method that gzip has too.
const DEFLATE: u16 = 8;

/// One file of the archive, still compressed.
struct Entry<'archive> {
    name: String,
    method: u16,
    checksum: u32,
    length: u32,
    compressed: &'archive [u8],
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var("OUT_DIR")?;
    let entries = read_archive(SWAGGER_UI_VENDORED).ok_or("the archive of Swagger UI cannot be read")?;
    for file in FILES {
        let entry = entries.iter().find(|entry| entry.name.ends_with(&format!("/dist/{file}")));
        let entry = entry.filter(|entry| entry.method == DEFLATE).ok_or_else(|| format!("{file} is not in the archive of Swagger UI"))?;
        fs::write(Path::new(&folder).join(format!("{file}.gz")), gzip(entry))?;
    }
    Ok(())
}

/// The compressed stream between the marks of a gzip file: no name, no time, any system.
fn gzip(entry: &Entry) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    file.extend(entry.compressed);
    file.extend(entry.checksum.to_le_bytes());
    file.extend(entry.length.to_le_bytes());
    file
}

fn read_archive(archive: &[u8]) -> Option<Vec<Entry<'_>>> {
    let end = (0..=archive.len().checked_sub(END_OF_DIRECTORY_LENGTH)?).rev().find(|start| number(archive, *start) == Some(END_OF_DIRECTORY))?;
    let count = short(archive, end + 10)?;
    let mut position = usize::try_from(number(archive, end + 16)?).ok()?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if number(archive, position)? != DIRECTORY_ENTRY {
            return None;
        }
        let name_length = usize::from(short(archive, position + 28)?);
        let name_start = position + DIRECTORY_ENTRY_LENGTH;
        let name = String::from_utf8_lossy(archive.get(name_start..name_start + name_length)?).into_owned();
        let header = usize::try_from(number(archive, position + 42)?).ok()?;
        let compressed_length = usize::try_from(number(archive, position + 20)?).ok()?;
        entries.push(Entry {
            name,
            method: short(archive, position + 10)?,
            checksum: number(archive, position + 16)?,
            length: number(archive, position + 24)?,
            compressed: content(archive, header, compressed_length)?,
        });
        position = name_start + name_length + usize::from(short(archive, position + 30)?) + usize::from(short(archive, position + 32)?);
    }
    Some(entries)
}

/// What follows a file's own header, whose extra field may differ in length from the directory's.
fn content(archive: &[u8], header: usize, length: usize) -> Option<&[u8]> {
    if number(archive, header)? != FILE_HEADER {
        return None;
    }
    let start = header + FILE_HEADER_LENGTH + usize::from(short(archive, header + 26)?) + usize::from(short(archive, header + 28)?);
    archive.get(start..start + length)
}

fn short(bytes: &[u8], start: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(start..start + 2)?.try_into().ok()?))
}

fn number(bytes: &[u8], start: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(start..start + 4)?.try_into().ok()?))
}
