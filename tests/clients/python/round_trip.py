"""Uses the client that openapi-python-client generates from the published document: logs in, edits, publishes, reads.

Usage: round_trip.py BASE_URL EMAIL PASSWORD

Every decoded object must encode back to the JSON that came over the wire. Times may be spelt differently
(`Z` or `+00:00`, `.391` or `.391000`: RFC 3339 has all of them) and are compared as instants.
"""

import datetime
import json
import re
import sys

from masthead_client import AuthenticatedClient, Client
from masthead_client.api.articles import (
    create_article,
    find_article,
    list_articles,
    publish_article,
    schedule_article,
    unpublish_article,
    unschedule_article,
    update_article,
)
from masthead_client.api.auth import create_session, find_me
from masthead_client.api.meetings import create_meeting, list_meetings
from masthead_client.api.publications import create_publication
from masthead_client.models import (
    ArticleIn,
    ArticlePatch,
    BodyIn,
    CreditIn,
    LoginIn,
    MeetingIn,
    PublicationIn,
    PublishIn,
    ScheduleIn,
)

checked = 0


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def with_instants(value):
    """The same JSON with every time in one spelling."""
    if isinstance(value, dict):
        return {name: with_instants(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_instants(item) for item in value]
    if isinstance(value, str) and TIME.fullmatch(value):
        return datetime.datetime.fromisoformat(value).astimezone(datetime.timezone.utc).isoformat()
    return value


def expect(response, status):
    """The decoded reply, which must have that status and encode back to what was sent."""
    global checked
    if response.status_code != status:
        sys.exit(f"expected {status}, got {response.status_code}: {response.content[:600]}")
    wire = json.loads(response.content)
    decoded = response.parsed
    if decoded is None:
        sys.exit(f"a reply with status {status} was not decoded: {response.content[:600]}")
    again = decoded.to_dict()
    if with_instants(again) != with_instants(wire):
        sys.exit(f"encoded back it differs:\n{json.dumps(again, sort_keys=True)}\n{json.dumps(wire, sort_keys=True)}")
    checked += 1
    return decoded


def main(base, email, password):
    anonymous = Client(base_url=base)
    tokens = expect(create_session.sync_detailed(client=anonymous, body=LoginIn(email=email, password=password)), 200)
    editor = AuthenticatedClient(base_url=base, token=tokens.access_token)
    assert expect(find_me.sync_detailed(client=editor), 200).email == email

    publication = expect(
        create_publication.sync_detailed(client=editor, body=PublicationIn(name="Client Courier", homepage_url="https://courier.example")), 201
    )
    credit = CreditIn(publication_id=publication.id, original_url="https://courier.example/a")
    body = BodyIn(source="One *word* and another.")
    for number in range(3):
        article = ArticleIn(title=f"Generated client {number}", body=body, credits_=[credit])
        created = create_article.sync_detailed(client=editor, body=article)
        shown = expect(created, 201)
        tag = created.headers["etag"]
        changed = update_article.sync_detailed(
            id=shown.id, client=editor, if_match=tag, body=ArticlePatch(standfirst="From Python — “quoted”")
        )
        shown = expect(changed, 200)
        expect(update_article.sync_detailed(id=shown.id, client=editor, if_match=tag, body=ArticlePatch(title="Late")), 412)
        scheduled = schedule_article.sync_detailed(
            id=shown.id, client=editor, if_match=changed.headers["etag"], body=ScheduleIn.from_dict({"publish_at": "2999-01-01T00:00:00Z"})
        )
        expect(scheduled, 200)
        expect(unpublish_article.sync_detailed(id=shown.id, client=editor, if_match=scheduled.headers["etag"]), 409)
        draft = unschedule_article.sync_detailed(id=shown.id, client=editor, if_match=scheduled.headers["etag"])
        expect(draft, 200)
        expect(publish_article.sync_detailed(id=shown.id, client=editor, if_match=draft.headers["etag"], body=PublishIn()), 200)

    expect(create_article.sync_detailed(client=editor, body=ArticleIn(title="")), 422)
    titles, cursor = [], None
    while True:
        arguments = {"cursor": cursor} if cursor else {}
        page = expect(list_articles.sync_detailed(client=anonymous, limit=2, publication=publication.slug, **arguments), 200)
        titles += [article.title for article in page.data]
        cursor = page.page.next_
        if not cursor:
            break
    assert sorted(titles) == [f"Generated client {number}" for number in range(3)], titles
    whole = expect(find_article.sync_detailed(slug=page.data[0].slug, client=anonymous, include="related,latest,meetings"), 200)
    assert whole.credit_line.text == "Client Courier"

    meeting = MeetingIn(title="Python meets", starts_at_local="2998-11-26T18:30", duration_minutes=90, timezone="Australia/Sydney")
    expect(create_meeting.sync_detailed(client=editor, body=meeting), 201)
    assert expect(list_meetings.sync_detailed(client=anonymous, limit=100), 200).data
    print(f"python client: {checked} replies decoded and encoded back the same")


main(*sys.argv[1:])
