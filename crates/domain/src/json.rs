//! Reading JSON strictly (RFC 8259, I-JSON of RFC 7493) and merging patches (RFC 7396).

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: usize = 64;

/// Parses a JSON text; a repeated member name, nesting beyond [`DEPTH_MAX`] and numbers beyond what can be
/// kept exactly are refused rather than guessed at.
///
/// # Errors
/// The message says where and what, fit for the caller to read.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }.deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth >= DEPTH_MAX {
            return Err(E::custom(format!("nested deeper than {DEPTH_MAX} levels")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self.deeper()?)?;
            if object.contains_key(&name) {
                return Err(serde::de::Error::custom(format!("the member {name:?} stands twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// Applies a merge patch: members that are left out stay, objects merge, all else replaces.
///
/// What null takes away stays behind as null. A [`Reader`](crate::read::Reader) takes that for absent, and so it can tell
/// of a null for a member that it does not know.
#[must_use]
pub fn merge(target: Value, patch: Value) -> Value {
    let Value::Object(patch) = patch else { return patch };
    let mut object = match target {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    for (name, change) in patch {
        let old = object.shift_remove(&name).unwrap_or(Value::Null);
        object.insert(name, merge(old, change));
    }
    Value::Object(object)
}

/// The names of the top-level members in which two objects differ, in alphabetical order.
#[must_use]
pub fn differing_members(one: &Value, other: &Value) -> Vec<String> {
    let (Value::Object(one), Value::Object(other)) = (one, other) else { return Vec::new() };
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;
    use serde_json::json;

    #[test]
    fn repeated_names_and_deep_nesting_are_refused() {
        assert!(parse(br#"{"a":1,"a":2}"#).unwrap_err().contains("stands twice"));
        assert!(parse("[".repeat(65).as_bytes()).unwrap_err().contains("nested"));
        assert!(parse(b"{} {}").is_err());
        assert!(parse(b"\xff").is_err());
    }

    #[test]
    fn a_patch_merges_as_the_standard_says() {
        let target = json!({"title": "Goodbye!", "author": {"given": "John", "family": "Doe"}, "tags": ["a", "b"]});
        let patch = json!({"title": "Hello!", "author": {"family": null}, "tags": ["a"], "phone": "1"});
        assert_eq!(merge(target, patch), json!({"title": "Hello!", "author": {"given": "John", "family": null}, "tags": ["a"], "phone": "1"}));
        assert_eq!(merge(json!(["a"]), json!({"a": {"b": 1}})), json!({"a": {"b": 1}}));
    }

    #[test]
    fn differing_members_are_named() {
        assert_eq!(differing_members(&json!({"a": 1, "b": 2}), &json!({"b": 3, "c": 4})), ["a", "b", "c"]);
    }
}
