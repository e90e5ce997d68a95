//! What the formats have in common: parts in a row, some of which make the picture and some of which describe it.

use crate::{Refusal, broken};

/// The largest colour profile that is kept, in bytes. Those of cameras and screens have a few thousand.
pub const PROFILE_BYTES_MAX: usize = 256 * 1024;

/// A file taken apart.
#[derive(Debug, Default)]
pub struct Container<'a> {
    /// The file again, of the parts that make the picture alone.
    pub kept: Vec<u8>,
    /// What cameras write about a picture: a TIFF file within.
    pub exif: Option<&'a [u8]>,
    /// What programs write about a picture, as XML.
    pub xmp: Option<&'a [u8]>,
    /// What newsrooms' programs write about a picture: the resources of Photoshop, of which one is IPTC's.
    pub resources: Option<&'a [u8]>,
    pub frames: u32,
    /// What stands behind the end of the picture.
    pub trailing: &'a [u8],
}

/// Reads bytes from the front; whatever goes beyond the end is a file that was cut off.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(|| broken("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, Refusal> {
        self.take(1).map(|bytes| bytes.first().copied().unwrap_or_default())
    }

    pub fn u16_big(&mut self) -> Result<u16, Refusal> {
        self.take(2).map(|bytes| bytes.try_into().map(u16::from_be_bytes).unwrap_or_default())
    }

    pub fn u32_big(&mut self) -> Result<u32, Refusal> {
        self.take(4).map(|bytes| bytes.try_into().map(u32::from_be_bytes).unwrap_or_default())
    }

    pub fn u32_little(&mut self) -> Result<u32, Refusal> {
        self.take(4).map(|bytes| bytes.try_into().map(u32::from_le_bytes).unwrap_or_default())
    }
}

/// A number of bytes in memory; on the machines that this runs on every `u32` is one.
pub fn length(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
