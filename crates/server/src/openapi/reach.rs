//! What of the components is in use.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::{items, members, text};

/// Every reference that can be followed from the paths and webhooks on, such as `#/components/schemas/Page`.
pub fn reachable(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Value> = ["paths", "webhooks"].iter().filter_map(|key| document.get(key)).collect();
    while let Some(node) = open.pop() {
        if let Some(reference) = text(node, "$ref")
            && found.insert(reference.to_owned())
            && let Some(target) = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer))
        {
            open.push(target);
        }
        open.extend(members(Some(node)).map(|(_, inner)| inner));
        open.extend(items(Some(node)));
    }
    found
}

/// Whether `reference` occurs anywhere but in what it leads to.
pub fn is_referenced(document: &Value, reference: &str) -> bool {
    reachable(document).contains(reference)
}

/// Takes away the components of these kinds that nothing leads to.
pub fn drop_unused(document: &mut Value, kinds: &[&str]) {
    let used = reachable(document);
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    for kind in kinds {
        if let Some(named) = components.get_mut(*kind).and_then(Value::as_object_mut) {
            named.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
        }
    }
    components.retain(|_, named| named.as_object().is_none_or(|named| !named.is_empty()));
}
