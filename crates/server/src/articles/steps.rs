//! The steps from state to state. Each is one transaction, and all go through [`take`].

use crate::articles::drafts::keep_references;
use crate::articles::publication::{Going, leave_public, make_public, note, refusals};
use crate::articles::working::{Working, audit, find_for_change, first_publication, overwrite, seen, standing};
use crate::desk::{check_version, permit};
use crate::error::ApiError;
use crate::request::{IfMatch, read_members};
use crate::writing::Acting;
use masthead_domain::article::ArticleIn;
use masthead_domain::body::Body;
use masthead_domain::change::ChangeAction;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_domain::workflow::{ArticleState, Step};
use masthead_store::articles::Article;
use masthead_store::dialect::Conn;
use masthead_store::public_articles;
use masthead_store::record::Key;
use serde_json::Value;

/// What readers are told where an editor says nothing.
const NOTICE_DEFAULT: &str = "This article has been withdrawn.";

/// When an article is to cease to be public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As before; of a new publication: never.
    Kept,
    Set(Option<Timestamp>),
}

/// A step with what it needs.
#[derive(Debug, Clone)]
pub enum StepRequest {
    Submit { comment: Option<String> },
    Return { comment: Option<String> },
    Publish { published_at: Option<Timestamp>, ending: Ending },
    Schedule { publish_at: Option<Timestamp>, ending: Ending },
    Unschedule,
    Unpublish,
    Withdraw { reason: Option<String>, notice: Option<String> },
    Restore,
}

impl StepRequest {
    /// Reads what a step needs from the body of a request.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn publish(body: &Value) -> Result<Self, ApiError> {
        read_members(body, |reader| Self::Publish { published_at: reader.time("published_at"), ending: read_ending(body, reader) })
    }

    /// As [`Self::publish`].
    pub fn schedule(body: &Value) -> Result<Self, ApiError> {
        read_members(body, |reader| {
            let publish_at = reader.time("publish_at");
            Self::Schedule { publish_at: reader.require("publish_at", publish_at), ending: read_ending(body, reader) }
        })
    }

    /// As [`Self::publish`].
    pub fn submit(body: &Value) -> Result<Self, ApiError> {
        read_members(body, |reader| Self::Submit { comment: reader.filled_text("comment", 2000) })
    }

    /// As [`Self::publish`].
    pub fn give_back(body: &Value) -> Result<Self, ApiError> {
        read_members(body, |reader| {
            let comment = reader.filled_text("comment", 2000);
            Self::Return { comment: reader.require("comment", comment) }
        })
    }

    /// As [`Self::publish`].
    pub fn withdraw(body: &Value) -> Result<Self, ApiError> {
        read_members(body, |reader| {
            let reason = reader.filled_text("reason", 2000);
            Self::Withdraw { reason: reader.require("reason", reason), notice: reader.filled_text("notice", 500) }
        })
    }

    /// A step that needs nothing.
    pub fn bare(self, body: &Value) -> Result<Self, ApiError> {
        read_members(body, |_| self)
    }

    /// Which step it is.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Submit { .. } => Step::Submit,
            Self::Return { .. } => Step::Return,
            Self::Publish { .. } => Step::Publish,
            Self::Schedule { .. } => Step::Schedule,
            Self::Unschedule => Step::Unschedule,
            Self::Unpublish => Step::Unpublish,
            Self::Withdraw { .. } => Step::Withdraw,
            Self::Restore => Step::Restore,
        }
    }
}

fn read_ending(body: &Value, reader: &mut Reader) -> Ending {
    match (body.get("unpublish_at"), reader.time("unpublish_at")) {
        (None, _) => Ending::Kept,
        (Some(_), time) => Ending::Set(time),
    }
}

fn refuse(member: &str, code: FaultCode, message: impl Into<String>) -> ApiError {
    ApiError::validation(vec![Fault::at(format!("/{member}"), code, message)])
}

/// An article after a step, and its body if that was rendered for it.
struct Stepped {
    article: Article,
    rendered: Option<Body>,
}

impl From<Article> for Stepped {
    fn from(article: Article) -> Self {
        Self { article, rendered: None }
    }
}

/// Takes a step: finds the article, checks the right, the version and the state, and makes the change. A step that would
/// change nothing is none, and keeps the version.
///
/// # Errors
/// Where there is no such article for this actor, and those of the step.
pub fn take(conn: &mut Conn, acting: &Acting, public_url: &str, key: &Key, if_match: &IfMatch, request: &StepRequest) -> Result<Working, ApiError> {
    let Acting { actor, now, .. } = acting;
    let Working { article, content, .. } = find_for_change(conn, actor, key)?;
    let step = request.step();
    permit(
        actor,
        match step {
            Step::Submit => Action::SubmitArticle { created_by: article.created_by },
            _ => Action::PublishArticle { section_id: article.section_id },
        },
    )?;
    check_version(conn, if_match, &seen(&article))?;
    article.standing(*now).check(step)?;
    let Some(Stepped { article: changed, rendered }) = make(conn, acting, public_url, &article, &content, request)? else {
        return Ok(Working { article, content, rendered: None });
    };
    let changed = Article { version: article.version + 1, updated_at: *now, updated_by: actor.user_id, ..changed };
    overwrite(conn, &article, &changed)?;
    if article.waiting_revision() != changed.waiting_revision() {
        keep_references(conn, &changed, &content)?;
    }
    audit(conn, acting, step.word(), &changed, Some(standing(&article, *now)), Some(standing(&changed, *now)))?;
    Ok(Working { article: changed, content, rendered })
}

fn make(
    conn: &mut Conn,
    acting: &Acting,
    public_url: &str,
    article: &Article,
    content: &ArticleIn,
    request: &StepRequest,
) -> Result<Option<Stepped>, ApiError> {
    let (now, by) = (acting.now, Some(acting.actor.user_id));
    let article_now = article.clone();
    Ok(Some(match request {
        StepRequest::Submit { comment } => {
            Article { submitted_at: Some(now), submitted_by: by, review_comment: comment.clone(), ..article_now }.into()
        }
        StepRequest::Return { comment } => Article { submitted_at: None, submitted_by: None, review_comment: comment.clone(), ..article_now }.into(),
        StepRequest::Publish { published_at, ending } => return publish(conn, acting, public_url, article, content, (*published_at, *ending)),
        StepRequest::Schedule { publish_at, ending } => {
            let publish_at = publish_at.ok_or_else(|| refuse("publish_at", FaultCode::Required, "is required"))?;
            return schedule(conn, acting, public_url, article, content, (publish_at, *ending));
        }
        StepRequest::Unschedule if article.prepared_revision.is_some() => {
            note(conn, article, ChangeAction::Unscheduled, now);
            Article { prepared_revision: None, prepared_from: None, prepared_slug: None, ..article_now }.into()
        }
        StepRequest::Unschedule => {
            note(conn, article, ChangeAction::Unscheduled, now);
            public_articles::remove(conn, article.id)?;
            article_now.out_of_public().into()
        }
        StepRequest::Unpublish => {
            leave_public(conn, article, ChangeAction::Unpublished, now)?;
            Article { first_published_at: first_publication(article, now), ..article_now.out_of_public() }.into()
        }
        StepRequest::Withdraw { reason, notice } => {
            leave_public(conn, article, ChangeAction::Withdrawn, now)?;
            Article {
                first_published_at: first_publication(article, now),
                withdrawn_at: Some(now),
                withdrawal_reason: reason.clone(),
                withdrawal_notice: Some(notice.clone().unwrap_or_else(|| NOTICE_DEFAULT.to_owned())),
                ..article_now.out_of_public()
            }
            .into()
        }
        StepRequest::Restore => Article { withdrawn_at: None, withdrawal_reason: None, withdrawal_notice: None, ..article_now }.into(),
    }))
}

/// The same article once somebody has let its latest revision become public.
fn approved(article: &Article, acting: &Acting) -> Article {
    Article {
        public_revision: Some(article.revision),
        approved_by: Some(acting.actor.user_id),
        submitted_at: None,
        submitted_by: None,
        review_comment: None,
        prepared_revision: None,
        prepared_from: None,
        prepared_slug: None,
        ..article.clone()
    }
}

/// When it is to end, which must be after it has begun.
fn ending_at(ending: Ending, kept: Option<Timestamp>, begins: Timestamp) -> Result<Option<Timestamp>, ApiError> {
    let until = match ending {
        Ending::Kept => kept,
        Ending::Set(until) => until,
    };
    match until {
        Some(until) if until <= begins => Err(refuse("unpublish_at", FaultCode::OutOfRange, "must be after the publication and in the future")),
        until => Ok(until),
    }
}

fn publish(
    conn: &mut Conn,
    acting: &Acting,
    public_url: &str,
    article: &Article,
    content: &ArticleIn,
    (earlier, ending): (Option<Timestamp>, Ending),
) -> Result<Option<Stepped>, ApiError> {
    let now = acting.now;
    let is_public = article.state(now) == ArticleState::Published;
    let first = first_publication(article, now);
    let published_at = match (first, earlier) {
        (None, earlier) => earlier.unwrap_or(now),
        (Some(first), None) => first,
        (Some(_), Some(_)) => {
            return Err(refuse("published_at", FaultCode::NotPermitted, "it has been published here before; the first publication stays"));
        }
    };
    if published_at > now {
        return Err(refuse("published_at", FaultCode::OutOfRange, "is in the future; schedule it instead"));
    }
    let visible_until = ending_at(ending, article.visible_until.filter(|_| is_public), now)?;
    if is_public && !article.has_unpublished_changes() && article.prepared_revision.is_none() {
        if visible_until == article.visible_until {
            return Ok(None);
        }
        // The same text for another time: no new publication.
        note(conn, article, ChangeAction::Scheduled, now);
        public_articles::set_visible_until(conn, article.id, visible_until)?;
        return Ok(Some(Article { visible_until, ..article.clone() }.into()));
    }
    let visible_from = article.visible_from.filter(|_| is_public).unwrap_or(published_at);
    // It is new here, however old it is: whoever asks for what has changed since then must be told.
    let going = Going { published_at, visible_from, visible_until, updated_at: now };
    let rendered = make_public(conn, public_url, article, content, &going, now)?;
    let article = Article { visible_from: Some(visible_from), visible_until, first_published_at: Some(published_at), ..approved(article, acting) };
    Ok(Some(Stepped { article, rendered: Some(rendered) }))
}

fn schedule(
    conn: &mut Conn,
    acting: &Acting,
    public_url: &str,
    article: &Article,
    content: &ArticleIn,
    (publish_at, ending): (Timestamp, Ending),
) -> Result<Option<Stepped>, ApiError> {
    let now = acting.now;
    if publish_at <= now {
        return Err(refuse("publish_at", FaultCode::OutOfRange, "must be in the future"));
    }
    let state = article.state(now);
    if state == ArticleState::Published {
        return prepare(conn, acting, public_url, article, content, (publish_at, ending));
    }
    let visible_until = ending_at(ending, article.visible_until.filter(|_| state == ArticleState::Scheduled), publish_at)?;
    let is_as_before = article.visible_from == Some(publish_at) && article.visible_until == visible_until;
    if is_as_before && article.public_revision == Some(article.revision) && state == ArticleState::Scheduled {
        return Ok(None);
    }
    let published_at = article.first_published_at.unwrap_or(publish_at);
    let going = Going { published_at, visible_from: publish_at, visible_until, updated_at: publish_at };
    let rendered = make_public(conn, public_url, article, content, &going, now)?;
    let article = Article { visible_from: Some(publish_at), visible_until, ..approved(article, acting) };
    Ok(Some(Stepped { article, rendered: Some(rendered) }))
}

/// Lets the latest revision of a public article take the place of the public one at a time to come.
fn prepare(
    conn: &mut Conn,
    acting: &Acting,
    public_url: &str,
    article: &Article,
    content: &ArticleIn,
    (publish_at, ending): (Timestamp, Ending),
) -> Result<Option<Stepped>, ApiError> {
    if ending != Ending::Kept {
        return Err(refuse("unpublish_at", FaultCode::NotPermitted, "the article is public; set its end by publishing it"));
    }
    if !article.has_unpublished_changes() {
        return Err(refuse("publish_at", FaultCode::NotPermitted, "the latest revision is public already; there is nothing to come"));
    }
    if article.visible_until.is_some_and(|until| until <= publish_at) {
        return Err(refuse("publish_at", FaultCode::OutOfRange, "the article will not be public any more by then"));
    }
    if article.prepared_revision == Some(article.revision) && article.prepared_from == Some(publish_at) {
        return Ok(None);
    }
    let faults = refusals(conn, public_url, article, content, publish_at)?;
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    note(conn, article, ChangeAction::Scheduled, acting.now);
    Ok(Some(
        Article {
            approved_by: Some(acting.actor.user_id),
            prepared_revision: Some(article.revision),
            prepared_from: Some(publish_at),
            prepared_slug: Some(article.slug.clone()),
            ..article.clone()
        }
        .into(),
    ))
}
