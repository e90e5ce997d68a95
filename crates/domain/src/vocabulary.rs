//! Closed vocabularies: an enum that is one lower-case word in JSON, in SQL and in a query parameter.

/// An enum whose variants each have one word.
pub trait Vocabulary: Copy + Eq + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;

    #[must_use]
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// Declares such an enum together with its words, so that none of the three spellings can drift.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// The value of that word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                <Self as $crate::vocabulary::Vocabulary>::parse(word)
            }
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::vocabulary::Vocabulary::word(*self))
            }
        }
    };
}

/// Declares a vocabulary that is also stored, as [`Word`](crate::column::Word).
#[macro_export]
macro_rules! stored_vocabulary {
    ($(#[$doc:meta])* $name:ident { $($body:tt)* }) => {
        $crate::vocabulary! {
            $(#[$doc])*
            #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
            #[diesel(sql_type = $crate::column::Word)]
            $name { $($body)* }
        }

        $crate::stored_word!($name);
    };
}
