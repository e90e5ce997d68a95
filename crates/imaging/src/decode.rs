//! Decoding within bounds: the size is known, and refused, before a pixel is made room for.

use crate::{Limits, Refusal, broken};
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::ImageError;
use image::{AnimationDecoder, DynamicImage, ImageDecoder};
use masthead_domain::media::MediaType;
use std::io::Cursor;

/// A picture, or the first frame of one, and its colour profile.
pub fn decode(media_type: MediaType, bytes: &[u8], limits: &Limits) -> Result<(DynamicImage, Option<Vec<u8>>), Refusal> {
    let reader = Cursor::new(bytes);
    match media_type {
        MediaType::Jpeg => finish(JpegDecoder::new(reader).map_err(refuse)?, limits),
        MediaType::Png => finish(PngDecoder::with_limits(reader, image_limits(limits)).map_err(refuse)?, limits),
        MediaType::Webp => finish(WebPDecoder::new(reader).map_err(refuse)?, limits),
        MediaType::Gif => finish(GifDecoder::new(reader).map_err(refuse)?, limits),
        MediaType::Pdf => Err(broken("a document is no picture")),
    }
}

fn finish(mut decoder: impl ImageDecoder, limits: &Limits) -> Result<(DynamicImage, Option<Vec<u8>>), Refusal> {
    check_size(decoder.dimensions(), limits)?;
    if decoder.total_bytes() > limits.decoded_bytes_max {
        return Err(Refusal::TooLarge(format!(
            "decoded it would take {} bytes, and at most {} are taken",
            decoder.total_bytes(),
            limits.decoded_bytes_max
        )));
    }
    decoder.set_limits(image_limits(limits)).map_err(refuse)?;
    // A profile that cannot be read is none.
    let profile = decoder.icc_profile().ok().flatten();
    Ok((DynamicImage::from_decoder(decoder).map_err(refuse)?, profile))
}

/// Decodes every frame of an animation, one after another, and gives its size.
pub fn check_frames(media_type: MediaType, bytes: &[u8], frames: u32, limits: &Limits) -> Result<(u32, u32), Refusal> {
    let reader = Cursor::new(bytes);
    match media_type {
        MediaType::Gif => run_frames(GifDecoder::new(reader).map_err(refuse)?, frames, limits),
        MediaType::Webp => run_frames(WebPDecoder::new(reader).map_err(refuse)?, frames, limits),
        MediaType::Jpeg | MediaType::Png | MediaType::Pdf => Err(broken("it cannot be an animation")),
    }
}

fn run_frames<'a>(mut decoder: impl ImageDecoder + AnimationDecoder<'a>, frames: u32, limits: &Limits) -> Result<(u32, u32), Refusal> {
    let size @ (width, height) = decoder.dimensions();
    check_size(size, limits)?;
    if frames > limits.frames_max {
        return Err(Refusal::TooLarge(format!("it has {frames} frames, and at most {} are taken", limits.frames_max)));
    }
    let pixels = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(u64::from(frames));
    if pixels > limits.frame_pixels_max {
        return Err(Refusal::TooLarge(format!("its frames have {pixels} pixels together, and at most {} are taken", limits.frame_pixels_max)));
    }
    decoder.set_limits(image_limits(limits)).map_err(refuse)?;
    let mut count = 0_u32;
    for frame in decoder.into_frames() {
        frame.map_err(refuse)?;
        count = count.saturating_add(1);
    }
    if count == frames { Ok(size) } else { Err(broken("not all of its frames can be shown")) }
}

fn check_size((width, height): (u32, u32), limits: &Limits) -> Result<(), Refusal> {
    if width == 0 || height == 0 {
        return Err(broken("it has no size"));
    }
    if width > limits.side_max || height > limits.side_max {
        return Err(Refusal::TooLarge(format!("it has {width} by {height} pixels, and a side may have at most {}", limits.side_max)));
    }
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > limits.pixels_max {
        return Err(Refusal::TooLarge(format!("it has {pixels} pixels, and at most {} are taken", limits.pixels_max)));
    }
    Ok(())
}

fn image_limits(limits: &Limits) -> image::Limits {
    let mut of_image = image::Limits::no_limits();
    of_image.max_image_width = Some(limits.side_max);
    of_image.max_image_height = Some(limits.side_max);
    // The picture and as much again to work with.
    of_image.max_alloc = Some(limits.decoded_bytes_max.saturating_mul(2));
    of_image
}

fn refuse(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(cause) => Refusal::TooLarge(cause.to_string()),
        other => broken(other),
    }
}
