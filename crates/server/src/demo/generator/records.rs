//! The records around the articles: sections, tags, authors, publications, branches, venues, meetings.

use super::random::Random;
use super::words;
use crate::demo::content::{
    Access, Attendance, DemoAuthor, DemoBranch, DemoMeeting, DemoPublication, DemoSection, DemoTag, DemoVenue, MeetingDay, Text,
};

/// The twelve sections, some below others.
pub fn sections() -> Vec<DemoSection> {
    let mut sections: Vec<DemoSection> = Vec::new();
    for (name, parent) in words::SECTIONS.lines().filter_map(|line| line.split_once('|')) {
        let description = ["All about ", &name.to_lowercase(), "."].concat();
        let parent = sections.iter().position(|section| section.slug == parent);
        sections.push(DemoSection { name: Text::Borrowed(name), slug: Text::Owned(slug(name)), description: Text::Owned(description), parent });
    }
    sections
}

/// The first `count` tags.
pub fn tags(count: usize) -> Vec<DemoTag> {
    let topics = words::TOPICS.split('|').take(count);
    topics.map(|name| DemoTag { name: Text::Borrowed(name), slug: Text::Owned(slug(name)) }).collect()
}

/// `count` authors, no two of the same name.
pub fn authors(count: usize, seed: u64) -> Vec<DemoAuthor> {
    let mut random = Random::new(seed, u64::MAX);
    let given: Vec<&str> = words::GIVEN_NAMES.split_whitespace().collect();
    let surnames: Vec<&str> = words::SURNAMES.split_whitespace().collect();
    let topics: Vec<&str> = words::TOPICS.split('|').collect();
    let (given_shift, surname_shift) = (random.below(given.len() as u64), random.below(surnames.len() as u64));
    let mut authors = Vec::with_capacity(count);
    for round in 0..surnames.len() {
        for (position, given) in given.iter().cycle().skip(given_shift as usize).take(given.len()).enumerate() {
            if authors.len() == count {
                return authors;
            }
            let shift = (position * 5 + round + surname_shift as usize) % surnames.len();
            let surname = surnames.get(shift).copied().unwrap_or("");
            let topic = random.choose(&topics).map_or(String::new(), |topic| topic.to_lowercase());
            let name = [given, " ", surname].concat();
            authors.push(DemoAuthor {
                slug: Text::Owned(slug(&name)),
                bio: Text::Owned([given, " writes about ", &topic, " and answers every letter."].concat()),
                name: Text::Owned(name),
            });
        }
    }
    authors
}

/// The first `count` publications.
pub fn publications(count: usize) -> Vec<DemoPublication> {
    const TEMPLATES: [Option<&str>; 4] =
        [Some("First published in {publication}."), None, Some("From {publication}, with thanks."), Some("© {publication}")];
    const LICENCES: [&str; 3] = ["CC BY-NC 4.0", "CC BY 4.0", "By agreement"];
    let choices = TEMPLATES.iter().cycle().zip(LICENCES.iter().cycle());
    words::PUBLICATIONS
        .lines()
        .zip(choices)
        .take(count)
        .filter_map(|(line, (template, licence))| {
            let mut fields = line.split('|');
            let (name, host) = (fields.next()?, fields.next()?);
            Some(DemoPublication {
                name: Text::Borrowed(name),
                slug: Text::Borrowed(host),
                homepage: Text::Owned(["https://", host, ".example"].concat()),
                country: Text::Borrowed(fields.next()?),
                language: Text::Borrowed(fields.next()?),
                credit_template: template.map(Text::Borrowed),
                licence: Text::Borrowed(licence),
            })
        })
        .collect()
}

/// The eight branches.
pub fn branches() -> Vec<DemoBranch> {
    let lines = words::BRANCH_CITIES.lines().filter_map(|line| line.split_once('|'));
    lines
        .map(|(city, timezone)| DemoBranch {
            name: Text::Owned([city, " branch"].concat()),
            slug: Text::Owned(slug(city)),
            city: Text::Borrowed(city),
            timezone: Text::Borrowed(timezone),
            email: Text::Owned([&slug(city), "@branches.example"].concat()),
        })
        .collect()
}

/// Three venues for each branch, in the order of the branches.
pub fn venues(branches: &[DemoBranch], seed: u64) -> Vec<DemoVenue> {
    let mut random = Random::new(seed, u64::MAX - 1);
    let mut names = words::VENUE_NAMES.split('|').cycle();
    let mut venues = Vec::with_capacity(branches.len() * VENUES_A_BRANCH);
    for branch in branches {
        for name in names.by_ref().take(VENUES_A_BRANCH) {
            let number = random.between(1, 240).to_string();
            let mut access = || random.choose(&[Access::Yes, Access::No, Access::Unknown]).copied();
            venues.push(DemoVenue {
                name: Text::Borrowed(name),
                slug: Text::Owned(slug(&[name, " ", &branch.city].concat())),
                city: branch.city.clone(),
                steps: access().unwrap_or(Access::Unknown),
                accessible_toilet: access().unwrap_or(Access::Unknown),
                hearing_loop: access().unwrap_or(Access::Unknown),
                address: Text::Owned([&number, " Ropewalk Lane"].concat()),
            });
        }
    }
    venues
}

const VENUES_A_BRANCH: usize = 3;

/// `count` meetings spread over the coming year, the branches taking turns.
pub fn meetings(count: usize, branches: &[DemoBranch], seed: u64) -> Vec<DemoMeeting> {
    const STARTS: [&str; 6] = ["18:30", "19:00", "18:00", "10:30", "14:00", "19:30"];
    let mut random = Random::new(seed, u64::MAX - 2);
    let titles: Vec<&str> = words::MEETING_TITLES.split('|').collect();
    let mut meetings = Vec::with_capacity(count);
    for index in 0..count {
        let branch = index % branches.len().max(1);
        let city = branches.get(branch).map_or("", |branch| branch.city.as_ref());
        let title = [random.choose_early(&titles).copied().unwrap_or("Meeting"), " in ", city].concat();
        let slug = [&slug(&title), "-", &index.to_string()].concat();
        let attendance = match random.below(10) {
            0..=5 => Attendance::InPerson,
            6..=7 => Attendance::Online,
            _ => Attendance::Hybrid,
        };
        let venue = branch * VENUES_A_BRANCH + random.below(VENUES_A_BRANCH as u64) as usize;
        let online_url = ["https://rooms.example/", &slug].concat();
        meetings.push(DemoMeeting {
            description: Text::Borrowed("All are welcome. Bring a friend, a question and a cup."),
            branch,
            venue: (attendance != Attendance::Online).then_some(venue),
            online_url: (attendance != Attendance::InPerson).then_some(Text::Owned(online_url)),
            attendance,
            day: MeetingDay::DaysAhead((1 + index * 364 / count.max(1)) as u16),
            starts_at_local: Text::Borrowed(random.choose_early(&STARTS).copied().unwrap_or("18:30")),
            duration_minutes: (random.between(2, 6) * 30) as u16,
            recurrence: random.chance(15).then_some(Text::Borrowed("FREQ=WEEKLY;INTERVAL=2;COUNT=10")),
            title: Text::Owned(title),
            slug: Text::Owned(slug),
        });
    }
    meetings
}

/// Lower-case ASCII words joined by `-`.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars() {
        let plain = match letter {
            'À' | 'Á' | 'à' | 'á' => "a",
            'ä' | 'Ä' => "ae",
            'É' | 'È' | 'é' | 'è' | 'ê' => "e",
            'í' => "i",
            'ñ' => "n",
            'ó' => "o",
            'ö' | 'Ö' => "oe",
            'ú' => "u",
            'ü' | 'Ü' => "ue",
            'ß' => "ss",
            '’' | '“' | '”' => "",
            _ if letter.is_ascii_alphanumeric() => {
                slug.push(letter.to_ascii_lowercase());
                ""
            }
            _ => {
                if !slug.is_empty() && !slug.ends_with('-') {
                    slug.push('-');
                }
                ""
            }
        };
        slug.push_str(plain);
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}
