//! Standing pages, such as the imprint.

crate::stored_vocabulary! {
    /// Whether readers see a page.
    #[derive(Default)]
    PageState {
        #[default]
        Draft = "draft",
        Published = "published",
    }
}

/// The largest position in the menu.
pub const MENU_POSITION_MAX: i64 = 10_000;

/// The place of a page among all pages, as a text: those of the menu by their positions, then the others; by title where that
/// is the same.
#[must_use]
pub fn place(menu_position: Option<i32>, title: &str) -> String {
    match menu_position {
        Some(position) => format!("{position:05} {title}"),
        None => format!("~ {title}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_menu_comes_first() {
        let mut places = vec![place(None, "A"), place(Some(10), "B"), place(Some(9), "D"), place(Some(9), "C"), place(Some(10_000), "A")];
        places.sort();
        assert_eq!(places, ["00009 C", "00009 D", "00010 B", "10000 A", "~ A"]);
    }
}
