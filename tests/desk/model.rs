//! What an article is, as simply as it can be said: no database, no HTTP, no code of the server.

/// An article as the model has it. Times are milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Article {
    pub id: String,
    /// Whose draft it is.
    pub creator: usize,
    pub version: i64,
    /// The titles of its revisions, the first being number 1.
    pub titles: Vec<String>,
    pub public: Option<Public>,
    pub prepared: Option<(usize, i64)>,
    pub is_submitted: bool,
    pub is_withdrawn: bool,
    pub is_deleted: bool,
    pub first_published: Option<i64>,
    /// How many entries the audit log must have of it, those of the server left out.
    pub audited: usize,
    /// What those who follow the changes must have been told, in order.
    pub told: Vec<&'static str>,
    /// Whether its publication is still to be announced.
    pub is_to_be_announced: bool,
}

/// What of it is public, or will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Public {
    pub revision: usize,
    pub from: i64,
    pub until: Option<i64>,
}

/// Something to do with an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Save,
    /// A save of what is there already.
    SaveSame,
    Submit,
    Return,
    Publish {
        until: Option<i64>,
    },
    Schedule {
        at: i64,
    },
    Unschedule,
    Unpublish,
    Withdraw,
    Restore,
    Delete,
}

/// Who does it: 0 is the contributor, the others are editors.
pub type Actor = usize;

impl Article {
    pub fn state(&self, now: i64) -> &'static str {
        match self.public {
            _ if self.is_withdrawn => "withdrawn",
            Some(public) if public.from > now => "scheduled",
            Some(public) if public.until.is_none_or(|until| until > now) => "published",
            _ if self.is_submitted => "in_review",
            _ => "draft",
        }
    }

    /// What the clock alone does, in the order in which the server does it.
    pub fn tick(&mut self, now: i64) {
        if let Some(public) = self.public
            && public.until.is_some_and(|until| until <= now)
        {
            self.first_published = self.first_published.or(Some(public.from));
            self.leave_public("unpublished");
        }
        if let (Some((revision, at)), Some(public)) = (self.prepared, self.public)
            && at <= now
        {
            self.public = Some(Public { revision, ..public });
            self.prepared = None;
            // The server puts it there whole, which announces what was not announced yet.
            self.tell_of_publication(now);
        }
        if self.is_to_be_announced
            && let Some(public) = self.public
            && public.from <= now
        {
            self.tell_of_publication(now);
        }
    }

    fn tell_of_publication(&mut self, _: i64) {
        let is_news = self.is_to_be_announced && self.first_published.is_none();
        self.told.push(if is_news { "published" } else { "updated" });
        self.is_to_be_announced = false;
    }

    fn leave_public(&mut self, told: &'static str) {
        self.public = None;
        self.prepared = None;
        self.is_to_be_announced = false;
        self.told.push(told);
    }

    /// The status that a deed must be answered with. What it changes is done by [`Self::apply`].
    pub fn answer(&self, deed: Deed, actor: Actor, now: i64) -> u16 {
        let is_editor = actor > 0;
        // What one may not see is not there; what no contributor may do is refused before that.
        let needs_editor = !matches!(deed, Deed::Save | Deed::SaveSame | Deed::Submit | Deed::Delete);
        if needs_editor && !is_editor {
            return 403;
        }
        if self.is_deleted || (!is_editor && self.creator != actor) {
            return 404;
        }
        let state = self.state(now);
        if !is_editor && !matches!(deed, Deed::Submit) && !["draft", "in_review"].contains(&state) {
            return 403;
        }
        let is_legal = match deed {
            Deed::Save | Deed::SaveSame => true,
            Deed::Submit => state == "draft",
            Deed::Return => state == "in_review",
            Deed::Publish { .. } => state != "withdrawn",
            Deed::Schedule { .. } => state != "withdrawn",
            Deed::Unschedule => state == "scheduled" || (state == "published" && self.prepared.is_some()),
            Deed::Unpublish | Deed::Withdraw => state == "published",
            Deed::Restore => state == "withdrawn",
            Deed::Delete => ["draft", "in_review", "withdrawn"].contains(&state),
        };
        if !is_legal {
            return 409;
        }
        match deed {
            Deed::Publish { until: Some(until) } if until <= now => 422,
            // An end that was set before is kept, and must lie ahead; for a public article it does.
            Deed::Schedule { at } if at <= now => 422,
            Deed::Schedule { at } if state == "published" => {
                let is_over = self.public.and_then(|public| public.until).is_some_and(|until| until <= at);
                let has_news = self.public.is_some_and(|public| public.revision != self.titles.len());
                if is_over || !has_news { 422 } else { 200 }
            }
            Deed::Schedule { at } if state == "scheduled" && self.public.and_then(|public| public.until).is_some_and(|until| until <= at) => 422,
            Deed::Delete => 204,
            _ => 200,
        }
    }

    /// Makes a deed that was answered with success.
    pub fn apply(&mut self, deed: Deed, now: i64, title: &str) {
        let state = self.state(now);
        let latest = self.titles.len();
        let before = (self.public, self.prepared, self.is_submitted, self.is_withdrawn, self.is_deleted);
        match deed {
            Deed::Save => {
                self.titles.push(title.to_owned());
                self.version += 1;
                self.audited += 1;
                return;
            }
            Deed::SaveSame => return,
            Deed::Submit => self.is_submitted = true,
            Deed::Return => self.is_submitted = false,
            Deed::Publish { until } => {
                let is_public = state == "published";
                let kept = self.public.and_then(|public| public.until).filter(|_| is_public);
                let until = until.or(kept);
                if is_public && self.prepared.is_none() && self.public.is_some_and(|public| public.revision == latest) {
                    if until == kept {
                        return;
                    }
                    self.public = self.public.map(|public| Public { until, ..public });
                    self.told.push("scheduled");
                } else {
                    let published = self.first_published.or(self.public.map(|public| public.from).filter(|from| *from <= now)).unwrap_or(now);
                    let is_known = self.first_published.is_some() || (self.public.is_some() && !self.is_to_be_announced);
                    self.told.push(if is_known { "updated" } else { "published" });
                    self.is_to_be_announced = false;
                    let from = self.public.filter(|_| is_public).map_or(published, |public| public.from);
                    self.public = Some(Public { revision: latest, from, until });
                    self.prepared = None;
                    self.is_submitted = false;
                    self.first_published = Some(published);
                }
            }
            Deed::Schedule { at } if state == "published" => {
                if self.prepared == Some((latest, at)) {
                    return;
                }
                self.prepared = Some((latest, at));
                self.told.push("scheduled");
            }
            Deed::Schedule { at } => {
                let until = self.public.filter(|_| state == "scheduled").and_then(|public| public.until);
                let public = Some(Public { revision: latest, from: at, until });
                if state == "scheduled" && self.public == public {
                    return;
                }
                self.public = public;
                self.is_to_be_announced = true;
                self.is_submitted = false;
                self.told.push("scheduled");
            }
            Deed::Unschedule if self.prepared.is_some() => {
                self.prepared = None;
                self.told.push("unscheduled");
            }
            Deed::Unschedule => self.leave_public("unscheduled"),
            Deed::Unpublish | Deed::Withdraw => {
                self.first_published = self.first_published.or(self.public.map(|public| public.from));
                self.leave_public(if deed == Deed::Withdraw { "withdrawn" } else { "unpublished" });
                self.is_withdrawn = deed == Deed::Withdraw;
            }
            Deed::Restore => self.is_withdrawn = false,
            Deed::Delete => self.is_deleted = true,
        }
        let after = (self.public, self.prepared, self.is_submitted, self.is_withdrawn, self.is_deleted);
        debug_assert!(before != after || matches!(deed, Deed::Publish { .. }), "{deed:?} changed nothing");
        self.version += 1;
        self.audited += 1;
    }
}
