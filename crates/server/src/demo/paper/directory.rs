//! Who and what the paper consists of: settings, sections, tags, authors, sister publications.

/// A section as written: name, slug, description, slug of the parent.
pub const SECTIONS: &[(&str, &str, &str, Option<&str>)] = &[
    ("News", "news", "What happened on both sides of the water this week.", None),
    ("Workplaces", "workplaces", "Rosters, ratios and the people who fight over them.", Some("news")),
    ("Housing", "housing", "Rents, repairs and the right to stay put.", Some("news")),
    ("Climate and coast", "climate-and-coast", "Heat, tides, soil and who pays for them.", None),
    ("World", "world", "Letters from sister papers, translated where needed.", None),
    ("Reading room", "reading-room", "Books, songs and long arguments.", None),
];

/// A tag as written: name, slug.
pub const TAGS: &[(&str, &str)] = &[
    ("Ferries", "ferries"),
    ("Public transport", "public-transport"),
    ("Libraries", "libraries"),
    ("Nursing", "nursing"),
    ("Hospitals", "hospitals"),
    ("Heat at work", "heat-at-work"),
    ("Warehouses", "warehouses"),
    ("Rent strike", "rent-strike"),
    ("Tenants", "tenants"),
    ("Seeds and soil", "seeds-and-soil"),
    ("Buses", "buses"),
    ("Strikes", "strikes"),
    ("Town hall", "town-hall"),
    ("Ports", "ports"),
    ("Schools", "schools"),
    ("History", "history"),
];

/// An author as written: name, slug, biography.
pub const AUTHORS: &[(&str, &str, &str)] = &[
    (
        "Imogen Calloway-Reyes",
        "imogen-calloway-reyes",
        "Imogen edits the Lantern’s news pages and has missed the last ferry more often than anyone on staff.",
    ),
    ("Tobias Anand", "tobias-anand", "Tobias covers workplaces. He drove buses for eleven years before he wrote about them."),
    ("Mele Fonoti", "mele-fonoti", "Mele is a registered nurse and writes about hospitals on her days off."),
    ("Søren Whitlam-Okafor", "soren-whitlam-okafor", "Søren takes pictures, mostly early in the morning, mostly of people waiting."),
    ("Núria Castellbell", "nuria-castellbell", "Núria translates from Spanish and Catalan and keeps the paper’s dictionary of boat words."),
    ("Hanno Brückmann", "hanno-bruckmann", "Hanno translates from German. He grew up beside a dyke and distrusts flat ground."),
    ("Delphine Abara", "delphine-abara", "Delphine writes about food, soil and heat, and translates from French."),
    ("Wren Takahashi-Moss", "wren-takahashi-moss", "Wren reports on housing and runs the Lantern’s Thursday advice table for tenants."),
];

/// A sister publication as written.
#[derive(Clone, Copy, Debug)]
pub struct PublicationSource {
    pub name: &'static str,
    pub slug: &'static str,
    pub homepage: &'static str,
    pub country: &'static str,
    pub language: &'static str,
    pub credit_template: Option<&'static str>,
    pub licence: &'static str,
}

/// The papers the Lantern shares pieces with.
pub const PUBLICATIONS: &[PublicationSource] = &[
    PublicationSource {
        name: "Lantern North",
        slug: "lantern-north",
        homepage: "https://lantern-north.example",
        country: "GB",
        language: "en-GB",
        credit_template: Some("First published in {publication}, our sister paper."),
        licence: "CC BY-NC 4.0",
    },
    PublicationSource {
        name: "Die Hafenlaterne",
        slug: "die-hafenlaterne",
        homepage: "https://hafenlaterne.example",
        country: "DE",
        language: "de",
        credit_template: Some("From the German paper {publication}, with thanks."),
        licence: "CC BY-SA 4.0",
    },
    PublicationSource {
        name: "Le Fanal du Quai",
        slug: "le-fanal-du-quai",
        homepage: "https://fanal-du-quai.example",
        country: "FR",
        language: "fr",
        credit_template: Some("This piece appeared in {publication}."),
        licence: "CC BY 4.0",
    },
    PublicationSource {
        name: "El Farol del Muelle",
        slug: "el-farol-del-muelle",
        homepage: "https://farol-del-muelle.example",
        country: "UY",
        language: "es",
        credit_template: None,
        licence: "CC BY-NC-SA 4.0",
    },
    PublicationSource {
        name: "The Tasman Beacon",
        slug: "the-tasman-beacon",
        homepage: "https://tasman-beacon.example",
        country: "NZ",
        language: "en-NZ",
        credit_template: Some("Courtesy of {publication}. All rights remain with its authors."),
        licence: "By agreement",
    },
];
