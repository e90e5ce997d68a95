//! Collections: lists of articles put together by hand, and filled up by a rule.

use crate::fault::FaultCode;
use crate::id::{ArticleId, SectionId, TagId};
use crate::read::Reader;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most articles that are put in by hand.
pub const SLOTS_MAX: usize = 100;

/// The most articles that readers get.
pub const SIZE_MAX: i64 = 100;

/// How many readers get where nothing is said.
pub const SIZE_DEFAULT: i32 = 10;

/// An article put in by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub article_id: ArticleId,
    /// From then on it is passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-30T06:00:00Z")]
    pub ends_at: Option<Timestamp>,
    /// Shown here in place of the article's own title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "The ferry stays")]
    pub title: Option<String>,
}

/// What the places left are filled with: the newest articles that meet all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fill {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub section_id: Option<SectionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23")]
    pub tag_id: Option<TagId>,
    /// BCP 47, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 35, example = "en-AU")]
    pub language: Option<String>,
}

impl Slot {
    /// Reads the slots; no article stands in two.
    pub fn read_all(reader: &mut Reader) -> Vec<Self> {
        let mut seen: Vec<ArticleId> = Vec::new();
        reader.objects("slots", SLOTS_MAX, |slot| {
            let article_id = slot.required_id("article_id");
            let (ends_at, title) = (slot.time("ends_at"), slot.filled_line("title", 300));
            let article_id: ArticleId = article_id?;
            if seen.contains(&article_id) {
                slot.fault("article_id", FaultCode::Repeated, "stands in another slot already");
            }
            seen.push(article_id);
            Some(Self { article_id, ends_at, title })
        })
    }

    /// Whether it is still to be shown at a time.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }
}

impl Fill {
    /// Reads the rule.
    pub fn read(reader: &mut Reader) -> Self {
        Self { section_id: reader.id("section_id"), tag_id: reader.id("tag_id"), language: reader.language("language") }
    }
}

/// The next moment after `now` at which one of these slots ends.
#[must_use]
pub fn next_end(slots: &[Slot], now: Timestamp) -> Option<Timestamp> {
    slots.iter().filter_map(|slot| slot.ends_at).filter(|end| now < *end).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_holds_until_its_end_and_the_next_end_is_the_first_to_come() {
        let at = Timestamp::from_milliseconds;
        let slot = |ends_at| Slot { article_id: ArticleId::new(), ends_at, title: None };
        let slots = [slot(None), slot(Some(at(30))), slot(Some(at(20))), slot(Some(at(10)))];
        assert_eq!(slots.iter().map(|slot| slot.holds(at(10))).collect::<Vec<_>>(), [true, true, true, false]);
        assert_eq!((next_end(&slots, at(10)), next_end(&slots, at(30))), (Some(at(20)), None));
    }
}
