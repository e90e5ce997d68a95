crate::vocabulary! { BodyFormat { Markdown = "markdown", Html = "html" } }
