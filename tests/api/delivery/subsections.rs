//! `GET /v1/articles?section=…&include_subsections=true`

use super::slugs;
use crate::harness::builders::{id_of, make, make_public_article, make_section, make_tag};
use crate::harness::client::Requests;
use crate::records::{assert_query_refused, column, walk};
use serde_json::{Value, json};

/// City with Harbour in it, Pier in that, and Rents in City; Sport beside them.
fn make_tree(app: &crate::harness::app::App) -> [Value; 5] {
    let editor = app.editor();
    let city = make_section(&editor, "City");
    let inside = |name: &str, parent: &Value| make(&editor, "sections", &json!({"name": name, "parent_id": parent["id"]}));
    let harbour = inside("Harbour", &city);
    let (pier, rents, sport) = (inside("Pier", &harbour), inside("Rents", &city), make_section(&editor, "Sport"));
    [city, harbour, pier, rents, sport]
}

on_both! {
    fn reader_lists_the_articles_of_a_section_and_of_all_under_it(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let sections = make_tree(app);
        let tag = make_tag(&editor, "Ferries");
        // Thrice from the bottom up, so that the order is not that of the sections.
        for round in 0..3 {
            for (place, section) in sections.iter().enumerate().rev() {
                let language = if round == 1 { "de" } else { "en" };
                let tags = if place == 2 { json!([tag["id"]]) } else { json!([]) };
                let body = if place == 1 { "A sundew." } else { "Text." };
                make_public_article(
                    &editor,
                    json!({"slug": format!("{}-{round}", section["slug"].as_str().expect("a slug")), "section_id": section["id"], "language": language, "tag_ids": tags, "body": {"source": format!("{body} Word.")}}),
                );
                app.clock.advance_seconds(10);
            }
        }
        let all: Vec<String> = (0..3).rev().flat_map(|round| ["city", "harbour", "pier", "rents"].map(|name| format!("{name}-{round}"))).collect();
        let listed = |query: &str| slugs(&reader.get(&format!("/v1/articles?include_subsections=true&{query}")).assert_status(200).json());
        for name in ["city", id_of(&sections[0])] {
            assert_eq!(listed(&format!("section={name}")), all);
        }
        let oldest_first: Vec<String> = all.iter().rev().cloned().collect();
        assert_eq!(listed("section=city&sort=published_at"), oldest_first);
        assert_eq!(listed("section=city&sort=-updated_at"), all);
        let of = |names: &[&str]| all.iter().filter(|slug| names.iter().any(|name| slug.starts_with(name))).cloned().collect::<Vec<_>>();
        assert_eq!(listed("section=harbour"), of(&["harbour", "pier"]));
        assert_eq!(listed("section=pier"), of(&["pier"]));
        assert_eq!(listed("section=city&tag=ferries"), of(&["pier"]));
        assert_eq!(listed("section=rents&tag=ferries"), Vec::<String>::new());
        assert_eq!(listed("section=city&language=de"), ["city-1", "harbour-1", "pier-1", "rents-1"]);
        assert_eq!(listed("section=city&language=de&sort=updated_at"), ["rents-1", "pier-1", "harbour-1", "city-1"]);
        assert_eq!(listed("section=city&q=sundew&sort=-published_at"), of(&["harbour"]));
        assert_eq!(listed("section=rents&q=sundew"), Vec::<String>::new());
        assert_eq!(listed("section=city&exclude=city-2,pier-2"), [&["harbour-2".to_owned()], &all[3..]].concat());
        // Page by page nothing is missed or repeated, forward and back.
        for query in ["section=city", "section=city&sort=published_at", "section=city&sort=-updated_at", "section=city&q=word"] {
            let whole = column(&reader.get(&format!("/v1/articles?include_subsections=true&limit=100&{query}")).json(), "id");
            assert_eq!(whole.len(), 12);
            for limit in [1, 2, 5] {
                let path = format!("/v1/articles?include_subsections=true&limit={limit}&{query}");
                assert_eq!(walk(&reader, &path), whole, "{path}");
            }
        }
        let page = |query: &str| reader.get(&format!("/v1/articles?include_subsections=true&section=city&limit=5{query}")).assert_status(200).json();
        let first = page("&total=true");
        assert_eq!(first["page"]["total"], 12);
        let second = page(&format!("&cursor={}", first["page"]["next"].as_str().expect("a cursor")));
        let back = page(&format!("&cursor={}", second["page"]["previous"].as_str().expect("a cursor")));
        assert_eq!((slugs(&second), slugs(&back)), (all[5..10].to_vec(), slugs(&first)));
        // A bound on either side of a page.
        let time = second["data"][2]["published_at"].as_str().expect("a time");
        assert_eq!(listed(&format!("section=city&published_before={time}")), all[8..]);
        assert_eq!(listed(&format!("section=city&published_after={time}")), all[..7]);
        assert_eq!(listed(&format!("section=city&published_after={time}&language=de")), all.iter().take(7).filter(|slug| slug.ends_with("-1")).cloned().collect::<Vec<_>>());
    }

    fn the_list_follows_the_tree_at_once(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let sections = make_tree(app);
        for section in &sections {
            make_public_article(&editor, json!({"slug": format!("in-{}", section["slug"].as_str().expect("a slug")), "section_id": section["id"]}));
            app.clock.advance_seconds(10);
        }
        let path = "/v1/articles?section=city&include_subsections=true";
        let listed = || slugs(&reader.get(path).assert_status(200).json());
        assert_eq!(listed(), ["in-rents", "in-pier", "in-harbour", "in-city"]);
        let tags = reader.get(path).header_list("cache-tag");
        for tag in ["sections", "articles"] {
            assert!(tags.contains(&tag.to_owned()), "{tags:?}");
        }
        for section in &sections[..4] {
            let tag = format!("section-{}", id_of(section).rsplit('-').next().expect("a part"));
            assert!(tags.contains(&tag), "{tag} among {tags:?}");
        }
        // Moved away with what is in it, and another one moved in.
        let change = |section: &Value, patch: &Value| editor.patch(&format!("/v1/editor/sections/{}", id_of(section)), "*", patch).assert_status(200);
        change(&sections[1], &json!({"parent_id": sections[4]["id"]}));
        assert_eq!(listed(), ["in-rents", "in-city"]);
        change(&sections[4], &json!({"parent_id": sections[3]["id"]}));
        assert_eq!(listed(), ["in-sport", "in-rents", "in-pier", "in-harbour", "in-city"]);
        let young = make(&editor, "sections", &json!({"name": "Young", "parent_id": sections[2]["id"]}));
        make_public_article(&editor, json!({"slug": "in-young", "section_id": young["id"]}));
        assert_eq!(listed().first().map(String::as_str), Some("in-young"));
        // Without the parameter, or without what it asks for, it is the section alone.
        for query in ["", "&include_subsections=false"] {
            assert_eq!(slugs(&reader.get(&format!("/v1/articles?section=city{query}")).assert_status(200).json()), ["in-city"]);
        }
    }

    fn subsections_of_nothing_are_refused(app: &App) {
        let reader = app.anonymous();
        make_tree(app);
        for query in ["include_subsections=true", "section=city&include_subsections=yes", "section=city&include_subsections="] {
            assert_query_refused(reader.get(&format!("/v1/articles?{query}")), "include_subsections");
        }
        assert_query_refused(reader.get("/v1/articles?section=nowhere&include_subsections=true"), "section");
        // What is meant without it may be said without a section.
        reader.get("/v1/articles?include_subsections=false").assert_status(200);
    }

    fn a_list_of_very_many_sections_is_read_in_another_way_and_is_the_same(app: &App) {
        let (editor, reader) = (app.editor(), app.anonymous());
        let city = make_section(&editor, "City");
        let elsewhere = make_section(&editor, "Elsewhere");
        let quarters: Vec<Value> = (0..205).map(|number| make(&editor, "sections", &json!({"name": format!("Quarter {number}"), "parent_id": city["id"]}))).collect();
        for number in [204, 3, 100] {
            make_public_article(&editor, json!({"slug": format!("in-{number}"), "section_id": quarters[number]["id"]}));
            make_public_article(&editor, json!({"slug": format!("beside-{number}"), "section_id": elsewhere["id"]}));
            app.clock.advance_seconds(10);
        }
        let list = reader.get("/v1/articles?section=city&include_subsections=true&total=true&limit=2").assert_status(200).json();
        assert_eq!((slugs(&list), &list["page"]["total"]), (vec!["in-100".to_owned(), "in-3".to_owned()], &json!(3)));
        let whole = reader.get("/v1/articles?section=city&include_subsections=true").json();
        assert_eq!(slugs(&whole), ["in-100", "in-3", "in-204"]);
        assert_eq!(walk(&reader, "/v1/articles?section=city&include_subsections=true&limit=1"), column(&whole, "id"));
        assert_eq!(slugs(&reader.get("/v1/articles?section=city&include_subsections=true&q=ferry&sort=-published_at").assert_status(200).json()).len(), 3);
    }
}
