//! Where and when people meet: branches, venues, meetings.

use crate::demo::content::{
    Access::{self, No, Unknown, Yes},
    Attendance, MeetingDay, Weekday,
};

/// A branch as written: name, slug, city, time zone, e-mail.
pub const BRANCHES: &[(&str, &str, &str, &str, &str)] = &[
    ("Sydney Harbourside", "sydney-harbourside", "Sydney", "Australia/Sydney", "sydney@harbour-lantern.example"),
    ("Brisbane River", "brisbane-river", "Brisbane", "Australia/Brisbane", "brisbane@harbour-lantern.example"),
    ("Adelaide and the Gulf", "adelaide-and-the-gulf", "Adelaide", "Australia/Adelaide", "adelaide@harbour-lantern.example"),
    ("London Friends of the Lantern", "london-friends-of-the-lantern", "London", "Europe/London", "london@harbour-lantern.example"),
];

/// A venue as written.
#[derive(Clone, Copy, Debug)]
pub struct VenueSource {
    pub name: &'static str,
    pub slug: &'static str,
    pub address: &'static str,
    pub city: &'static str,
    pub steps: Access,
    pub accessible_toilet: Access,
    pub hearing_loop: Access,
}

/// The rooms the branches use.
pub const VENUES: &[VenueSource] = &[
    VenueSource {
        name: "Ropewalk Hall",
        slug: "ropewalk-hall",
        address: "14 Ropewalk Lane",
        city: "Sydney",
        steps: No,
        accessible_toilet: Yes,
        hearing_loop: Yes,
    },
    VenueSource {
        name: "The Old Ticket Office",
        slug: "the-old-ticket-office",
        address: "Wharf 9, Cormorant Bay",
        city: "Sydney",
        steps: Yes,
        accessible_toilet: No,
        hearing_loop: Unknown,
    },
    VenueSource {
        name: "Mangrove Street Library",
        slug: "mangrove-street-library",
        address: "201 Mangrove Street",
        city: "Brisbane",
        steps: No,
        accessible_toilet: Yes,
        hearing_loop: Unknown,
    },
    VenueSource {
        name: "Saltbush Community Kitchen",
        slug: "saltbush-community-kitchen",
        address: "3 Lime Kiln Road",
        city: "Adelaide",
        steps: No,
        accessible_toilet: Unknown,
        hearing_loop: No,
    },
    VenueSource {
        name: "Upstairs at the Tern and Anchor",
        slug: "upstairs-at-the-tern-and-anchor",
        address: "88 Pepperwharf Row",
        city: "London",
        steps: Yes,
        accessible_toilet: Unknown,
        hearing_loop: No,
    },
];

/// A meeting as written; `branch` and `venue` are slugs.
#[derive(Clone, Copy, Debug)]
pub struct MeetingSource {
    pub title: &'static str,
    pub slug: &'static str,
    pub description: &'static str,
    pub branch: &'static str,
    pub venue: Option<&'static str>,
    pub online_url: Option<&'static str>,
    pub attendance: Attendance,
    pub day: MeetingDay,
    pub starts_at_local: &'static str,
    pub duration_minutes: u16,
    pub recurrence: Option<&'static str>,
}

const fn next(weekday: Weekday, weeks_later: u16) -> MeetingDay {
    MeetingDay::Next { weekday, weeks_later }
}

/// The coming meetings.
pub const MEETINGS: &[MeetingSource] = &[
    MeetingSource {
        title: "Keep the late ferry: planning night",
        slug: "keep-the-late-ferry-planning-night",
        description: "We plan the leaflet run for all seven wharves. Soup at six, business at half past.",
        branch: "sydney-harbourside",
        venue: Some("ropewalk-hall"),
        online_url: None,
        attendance: Attendance::InPerson,
        day: next(Weekday::Tuesday, 0),
        starts_at_local: "18:30",
        duration_minutes: 90,
        recurrence: Some("FREQ=WEEKLY;COUNT=8"),
    },
    MeetingSource {
        title: "Tenants’ advice table",
        slug: "tenants-advice-table",
        description: "Bring your lease, your letter or only your question. Tea is free.",
        branch: "sydney-harbourside",
        venue: Some("the-old-ticket-office"),
        online_url: None,
        attendance: Attendance::InPerson,
        day: next(Weekday::Thursday, 0),
        starts_at_local: "17:00",
        duration_minutes: 120,
        recurrence: Some("FREQ=WEEKLY"),
    },
    MeetingSource {
        title: "Reading circle: letters of the dyke builders",
        slug: "reading-circle-letters-of-the-dyke-builders",
        description: "Chapters four to six. New readers are welcome — nobody has finished the book.",
        branch: "sydney-harbourside",
        venue: None,
        online_url: Some("https://rooms.harbour-lantern.example/reading-circle"),
        attendance: Attendance::Online,
        day: next(Weekday::Sunday, 0),
        starts_at_local: "16:00",
        duration_minutes: 75,
        recurrence: Some("FREQ=WEEKLY;INTERVAL=2"),
    },
    MeetingSource {
        title: "Solidarity supper for the bus depot",
        slug: "solidarity-supper-for-the-bus-depot",
        description: "Drivers from the Kittiwake Road depot speak about the new rosters. Pay what you can.",
        branch: "brisbane-river",
        venue: Some("mangrove-street-library"),
        online_url: None,
        attendance: Attendance::InPerson,
        day: MeetingDay::DaysAhead(1),
        starts_at_local: "18:30",
        duration_minutes: 120,
        recurrence: None,
    },
    MeetingSource {
        title: "How to measure heat on your shift",
        slug: "how-to-measure-heat-on-your-shift",
        description: "A hands-on evening with cheap thermometers, a notebook and a template letter.",
        branch: "brisbane-river",
        venue: Some("mangrove-street-library"),
        online_url: Some("https://rooms.harbour-lantern.example/heat"),
        attendance: Attendance::Hybrid,
        day: next(Weekday::Wednesday, 1),
        starts_at_local: "19:00",
        duration_minutes: 90,
        recurrence: None,
    },
    MeetingSource {
        title: "Brisbane branch meeting",
        slug: "brisbane-branch-meeting",
        description: "Reports, money, next steps. Minutes are sent to all members.",
        branch: "brisbane-river",
        venue: Some("mangrove-street-library"),
        online_url: Some("https://rooms.harbour-lantern.example/brisbane"),
        attendance: Attendance::Hybrid,
        day: next(Weekday::Monday, 2),
        starts_at_local: "18:00",
        duration_minutes: 60,
        recurrence: Some("FREQ=WEEKLY;INTERVAL=4"),
    },
    MeetingSource {
        title: "Seed swap and soil talk",
        slug: "seed-swap-and-soil-talk",
        description: "Take a packet, leave a packet. Delphine Abara talks about saving seed in a dry year.",
        branch: "adelaide-and-the-gulf",
        venue: Some("saltbush-community-kitchen"),
        online_url: None,
        attendance: Attendance::InPerson,
        day: next(Weekday::Saturday, 0),
        starts_at_local: "10:30",
        duration_minutes: 180,
        recurrence: None,
    },
    MeetingSource {
        title: "Nurses and patients for safe ratios",
        slug: "nurses-and-patients-for-safe-ratios",
        description: "A public meeting before the budget. Childcare on request until the day before.",
        branch: "adelaide-and-the-gulf",
        venue: Some("saltbush-community-kitchen"),
        online_url: Some("https://rooms.harbour-lantern.example/ratios"),
        attendance: Attendance::Hybrid,
        day: MeetingDay::DaysAhead(12),
        starts_at_local: "18:30",
        duration_minutes: 105,
        recurrence: None,
    },
    MeetingSource {
        title: "London friends: news from the harbour",
        slug: "london-friends-news-from-the-harbour",
        description: "A report from Sydney by video, then a collection for the rent strikers.",
        branch: "london-friends-of-the-lantern",
        venue: Some("upstairs-at-the-tern-and-anchor"),
        online_url: None,
        attendance: Attendance::InPerson,
        day: next(Weekday::Thursday, 1),
        starts_at_local: "19:30",
        duration_minutes: 90,
        recurrence: None,
    },
    MeetingSource {
        title: "Translators’ desk, open to all",
        slug: "translators-desk-open-to-all",
        description: "We translate one short piece together, line by line. No certificate needed.",
        branch: "london-friends-of-the-lantern",
        venue: None,
        online_url: Some("https://rooms.harbour-lantern.example/translators"),
        attendance: Attendance::Online,
        day: MeetingDay::DaysAhead(20),
        starts_at_local: "11:00",
        duration_minutes: 60,
        recurrence: Some("FREQ=WEEKLY;COUNT=6"),
    },
];
