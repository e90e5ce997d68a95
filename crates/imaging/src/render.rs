//! Pictures in other sizes and shapes.

use crate::container::PROFILE_BYTES_MAX;
use crate::{Limits, Refusal, broken, decode, webp_container};
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageEncoder};
use masthead_domain::media::{MediaType, Rendition};

/// The quality of a picture that had to be turned, and is kept so.
pub const QUALITY_KEPT: u8 = 92;

/// The quality of a rendition.
const QUALITY_RENDERED: u8 = 80;

/// A decoded picture in eight bits a channel.
pub struct Picture {
    image: DynamicImage,
    /// What its colours mean, where it says so and they are still those.
    profile: Option<Vec<u8>>,
}

impl Picture {
    /// Decodes a picture, or the first frame of one.
    ///
    /// # Errors
    /// Where it is damaged or beyond the limits.
    pub fn decode(media_type: MediaType, bytes: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        let (image, profile) = decode::decode(media_type, bytes, limits)?;
        let image: DynamicImage = match image {
            image @ (DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_)) => image,
            image if image.color().has_alpha() => image.into_rgba8().into(),
            image => image.into_rgb8().into(),
        };
        // A profile of inks or of greys says nothing about red, green and blue.
        let profile = profile.filter(|profile| profile.len() <= PROFILE_BYTES_MAX && profile.get(16..20) == Some(b"RGB "));
        Ok(Self { image, profile })
    }

    /// In pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.image.width(), self.image.height())
    }

    /// Turned as EXIF says; 1 is as it is.
    #[must_use]
    pub fn turned(mut self, orientation: u8) -> Self {
        if let Some(orientation) = Orientation::from_exif(orientation) {
            self.image.apply_orientation(orientation);
        }
        self
    }

    /// A rendition, as a file.
    ///
    /// # Errors
    /// Where it cannot be made; that is a fault of ours.
    pub fn render(&self, rendition: &Rendition) -> Result<Vec<u8>, Refusal> {
        let (width, height) = self.size();
        let area = rendition.area(width, height);
        let pixels = if self.image.color().has_alpha() { PixelType::U8x4 } else { PixelType::U8x3 };
        let source = fast_image_resize::images::ImageRef::new(width, height, self.image.as_bytes(), pixels).map_err(broken)?;
        let mut smaller = Image::new(rendition.width, rendition.height, pixels);
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).crop(area.left, area.top, area.width, area.height);
        Resizer::new().resize(&source, &mut smaller, &options).map_err(broken)?;
        let (width, height, bytes) = (rendition.width, rendition.height, smaller.into_vec());
        let image = match pixels {
            PixelType::U8x4 => image::RgbaImage::from_raw(width, height, bytes).map(DynamicImage::from),
            _ => image::RgbImage::from_raw(width, height, bytes).map(DynamicImage::from),
        };
        let image = image.ok_or_else(|| broken("a rendition has the wrong size"))?;
        Self { image, profile: self.profile.clone() }.encode(rendition.media_type, QUALITY_RENDERED)
    }

    /// The picture as a file.
    pub(crate) fn encode(&self, media_type: MediaType, quality: u8) -> Result<Vec<u8>, Refusal> {
        let (width, height) = self.size();
        let has_alpha = self.image.color().has_alpha();
        let mut out = Vec::new();
        match media_type {
            MediaType::Jpeg => {
                let mut encoder = JpegEncoder::new_with_quality(&mut out, quality);
                if let Some(profile) = self.profile.clone() {
                    encoder.set_icc_profile(profile).map_err(broken)?;
                }
                let image = self.image.to_rgb8();
                encoder.write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8).map_err(broken)?;
            }
            MediaType::Png => {
                let mut encoder = PngEncoder::new(&mut out);
                if let Some(profile) = self.profile.clone() {
                    encoder.set_icc_profile(profile).map_err(broken)?;
                }
                encoder.write_image(self.image.as_bytes(), width, height, self.image.color().into()).map_err(broken)?;
            }
            MediaType::Webp => {
                let layout = if has_alpha { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
                let encoder = webp::Encoder::new(self.image.as_bytes(), layout, width, height);
                let encoded = encoder.encode_simple(false, f32::from(quality)).map_err(|error| broken(format!("{error:?}")))?;
                out = match &self.profile {
                    Some(profile) => webp_container::with_profile(&encoded, profile, (width, height))?,
                    None => encoded.to_vec(),
                };
            }
            MediaType::Gif | MediaType::Pdf => return Err(broken("renditions are not made in this format")),
        }
        Ok(out)
    }
}
