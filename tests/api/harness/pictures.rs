//! Pictures for tests, made here, and how they are uploaded.

use super::client::{Requests, Response};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, RgbaImage};
use std::io::Cursor;

/// What parts of a form are separated by.
pub const BOUNDARY: &str = "----a-line-that-no-file-has";

/// A picture whose every pixel tells where it is: red grows to the right, green downwards.
pub fn gradient(width: u32, height: u32) -> DynamicImage {
    let shade = |place: u32, length: u32| u8::try_from(place * 255 / length.max(2).saturating_sub(1)).unwrap_or(255);
    RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 120])).into()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    gradient(width, height).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).expect("a JPEG");
    bytes
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    gradient(width, height).write_to(&mut bytes, ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    gradient(width, height).write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).expect("a WebP");
    bytes
}

/// An animation of so many frames, each of another colour.
pub fn gif(width: u32, height: u32, frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for frame in 0..frames {
        let shade = u8::try_from(frame % 256).unwrap_or_default();
        let picture = RgbaImage::from_pixel(width, height, image::Rgba([shade, 255 - shade, 0, 255]));
        encoder.encode_frame(Frame::new(picture)).expect("a frame");
    }
    drop(encoder);
    bytes
}

pub fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\n0000000000 65535 f \n\
      trailer<</Size 3/Root 1 0 R>>\nstartxref\n103\n%%EOF\n"
        .to_vec()
}

/// Puts a segment behind the start of a JPEG.
pub fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("a short segment").to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// EXIF with an orientation, a maker and a place: what a camera writes, in short.
pub fn exif(orientation: u16, artist: &str) -> Vec<u8> {
    let artist = format!("{artist}\0");
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let behind = 8 + 2 + 3 * 12 + 4;
    tiff.extend(3_u16.to_le_bytes());
    tiff.extend(entry(0x0112, 3, 1, orientation.into()));
    tiff.extend(entry(0x013b, 2, u32::try_from(artist.len()).expect("short"), behind));
    tiff.extend(entry(0x8825, 4, 1, behind + u32::try_from(artist.len()).expect("short")));
    tiff.extend([0; 4]);
    tiff.extend(artist.as_bytes());
    tiff.extend(b"GPS-SECRET-PLACE");
    [b"Exif\0\0", &tiff[..]].concat()
}

/// A part of a form.
pub struct Part<'a> {
    pub name: &'a str,
    pub file_name: Option<&'a str>,
    pub content: &'a [u8],
}

pub fn form(parts: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let file_name = part.file_name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{}\"{file_name}\r\n\r\n", part.name).as_bytes());
        body.extend(part.content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub fn form_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// Uploads a file in a form, with texts.
pub fn upload_with(who: &impl Requests, file_name: &str, content: &[u8], texts: &[(&str, &str)]) -> Response {
    let mut parts = vec![Part { name: "file", file_name: Some(file_name), content }];
    parts.extend(texts.iter().map(|(name, text)| Part { name, file_name: None, content: text.as_bytes() }));
    who.send("POST", "/v1/editor/media", &[("content-type", &form_type())], &form(&parts))
}

pub fn upload(who: &impl Requests, file_name: &str, content: &[u8]) -> Response {
    upload_with(who, file_name, content, &[])
}
