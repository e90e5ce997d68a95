//! Media: uploads of every kind, what is kept of them, and how readers get it.

mod articles;
mod bucket;
mod create;
mod delete;
mod examples;
mod files;
mod hostile;
mod list;
mod renditions;
mod sweep;
mod update;

use crate::harness::client::Requests;
use image::{DynamicImage, GenericImageView};
use serde_json::Value;

/// The address of a file on this server.
fn path_of(url: &Value) -> String {
    let url = url.as_str().unwrap_or_else(|| panic!("{url} is no address"));
    let (_, path) = url.split_once("/media/").unwrap_or_else(|| panic!("{url}"));
    format!("/media/{path}")
}

/// A file as readers get it, decoded.
fn seen(who: &impl Requests, url: &Value) -> DynamicImage {
    let file = who.get(&path_of(url)).assert_status(200);
    image::load_from_memory(&file.body).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Whether the picture is the gradient, upright: dark in the upper left, red to the right, green below.
fn is_upright(picture: &DynamicImage) -> bool {
    let (width, height) = (picture.width(), picture.height());
    let at = |x: u32, y: u32| picture.get_pixel(x, y).0;
    let (corner, right, below) = (at(0, 0), at(width - 1, 0), at(0, height - 1));
    corner[0] < 60 && corner[1] < 60 && right[0] > 190 && right[1] < 60 && below[0] < 60 && below[1] > 190
}
