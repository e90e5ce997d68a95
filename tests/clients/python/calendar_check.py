"""Reads the calendars with `icalendar`, a parser that is not ours, and compares them with what the JSON says.

Usage: calendar_check.py BASE_URL EMAIL PASSWORD

It enters meetings that are hard on clocks and on parsers. The zones are not those of this machine but those that the
calendar describes.
"""

import datetime
import json
import sys
import urllib.request

import icalendar

HOUR = 60

# Title, local start, zone, which of two equal times, minutes, more.
MEETINGS = [
    ("Plain evening", "2027-02-04T18:30", "Australia/Sydney", None, 90, {}),
    ("Before the clocks go forward", "2027-10-03T01:30", "Australia/Sydney", None, 2 * HOUR, {}),
    ("The earlier of two", "2027-04-04T02:30", "Australia/Sydney", "earlier", HOUR, {}),
    ("The later of two", "2027-04-04T02:30", "Australia/Sydney", "later", HOUR, {}),
    ("Half an hour's change", "2027-04-04T01:45", "Australia/Lord_Howe", "later", 20, {}),
    ("A camp over the change", "2027-10-02T10:00", "Australia/Lord_Howe", None, 3 * 24 * HOUR, {}),
    ("Half past in Newfoundland", "2027-07-01T19:30", "America/St_Johns", None, HOUR, {}),
    ("A quarter to in Nepal", "2027-07-01T19:30", "Asia/Kathmandu", None, HOUR, {}),
    ("Winter is summer time", "2027-01-14T19:00", "Europe/Dublin", None, HOUR, {}),
    ("Ramadan", "2027-02-20T19:00", "Africa/Casablanca", None, HOUR, {}),
    ("In UTC", "2027-07-01T19:30", "UTC", None, HOUR, {}),
    ("A far year", "2401-07-01T19:30", "Europe/Berlin", None, HOUR, {}),
    ("Commas, semicolons; back\\slashes: \"quotes\" and a very long line " + "with words " * 15, "2027-07-02T19:30", "UTC", None, HOUR, {}),
    ("船は残る、" * 30, "2027-07-03T19:30", "Asia/Tokyo", None, HOUR, {"summary": "一行目\n二行目\n\nEND:VEVENT\nBEGIN:VALARM"}),
    ("אסיפה على الرصيف 🚢", "2027-07-04T19:30", "Asia/Jerusalem", None, HOUR, {"status": "tentative"}),
    ("Called off", "2027-07-05T19:30", "UTC", None, HOUR, {"status": "cancelled", "status_reason": "The hall, again; flooded."}),
    ("Put off", "2027-07-06T19:30", "UTC", None, HOUR, {"status": "postponed"}),
]

STATUSES = {"scheduled": "CONFIRMED", "tentative": "TENTATIVE", "cancelled": "CANCELLED", "postponed": "CANCELLED"}


def main(base, email, password):
    def call(method, path, body=None, token=None, version=None):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if version:
            headers["if-match"] = version
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(base + path, data, headers, method=method)
        with urllib.request.urlopen(request) as reply:
            return reply.read(), reply.headers

    def get(path):
        return json.loads(call("GET", path)[0])

    token = json.loads(call("POST", "/v1/auth/login", {"email": email, "password": password})[0])["access_token"]

    def make(collection, body):
        return json.loads(call("POST", f"/v1/editor/{collection}", body, token)[0])

    branch = make("branches", {"name": "Calendar check", "timezone": "Australia/Sydney"})
    venue = make("venues", {"name": "Wharf Hall; upstairs", "locality": "Sydney", "latitude": -33.86, "longitude": 151.21})
    tags = [make("tags", {"name": name}) for name in ("Ferries, boats", "Wind; sun")]
    for title, starts, zone, which, minutes, more in MEETINGS:
        body = {"title": title, "starts_at_local": starts, "timezone": zone, "duration_minutes": minutes, "branch_id": branch["id"]}
        body |= {"venue_id": venue["id"], "tag_ids": [tag["id"] for tag in tags], **more}
        if which:
            body["ambiguous_time"] = which
        make("meetings", body)

    def compare(path, listed):
        text = call("GET", path)[0]
        for line in text.split(b"\r\n"):
            assert len(line) <= 75 and b"\n" not in line and b"\r" not in line, line
            line.decode()
        calendar = icalendar.Calendar.from_ical(text)
        assert calendar["version"] == "2.0" and calendar["prodid"], path
        zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}
        events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
        assert set(events) == {meeting["id"] for meeting in listed}, f"{path} shows other meetings"
        for meeting in listed:
            event = events[meeting["id"]]
            assert not event.errors, event.errors
            for name, utc, local in (("DTSTART", "starts_at_utc", "starts_at"), ("DTEND", "ends_at_utc", "ends_at")):
                value = event[name]
                wall = value.dt.replace(tzinfo=None)
                wanted = datetime.datetime.fromisoformat(meeting["time"][utc]).astimezone(datetime.timezone.utc).replace(tzinfo=None)
                if "TZID" in value.params:
                    assert value.params["TZID"] == meeting["time"]["timezone"]
                    assert wall == datetime.datetime.fromisoformat(meeting["time"][local]).replace(tzinfo=None), (meeting["title"], name)
                    found = wall.replace(tzinfo=zones[value.params["TZID"]]).astimezone(datetime.timezone.utc).replace(tzinfo=None)
                else:
                    assert value.dt.utcoffset() == datetime.timedelta(0)
                    found = wall
                assert found == wanted, (meeting["title"], name, found, wanted)
            assert str(event["SUMMARY"]) == meeting["title"]
            assert str(event["STATUS"]) == STATUSES[meeting["status"]]
            assert str(event["URL"]) == meeting["page_url"]
            assert [str(name) for name in event["CATEGORIES"].cats] == [tag["name"] for tag in meeting["tags"]]
            assert str(event["LOCATION"]) == "Wharf Hall; upstairs, Sydney"
            assert (event["GEO"].latitude, event["GEO"].longitude) == (meeting["venue"]["latitude"], meeting["venue"]["longitude"])
            assert str(event.get("DESCRIPTION", "")) == "\n\n".join(filter(None, [meeting.get("status_reason"), meeting.get("summary")]))
            assert str(event.get("COMMENT", "")) == meeting.get("status_reason", "")
        return len(listed)

    listed = get("/v1/meetings?limit=100&branch=calendar-check")["data"]
    assert len(listed) == len(MEETINGS)
    compared = compare("/calendar/branches/calendar-check.ics", listed)
    compared += compare("/calendar/meetings.ics?branch=calendar-check", listed)
    for meeting in listed:
        compared += compare(f"/calendar/meetings/{meeting['slug']}.ics", [meeting])
    assert "DTSTART" in call("GET", "/calendar/meetings/plain-evening.ics")[0].decode()
    path = f"/v1/editor/meetings/{listed[0]['id']}"
    before = icalendar.Calendar.from_ical(call("GET", f"/calendar/meetings/{listed[0]['slug']}.ics")[0]).walk("VEVENT")[0]
    version = call("GET", path, token=token)[1]["etag"]
    call("PATCH", path, {"duration_minutes": 95}, token, version)
    after = icalendar.Calendar.from_ical(call("GET", f"/calendar/meetings/{listed[0]['slug']}.ics")[0]).walk("VEVENT")[0]
    assert after["UID"] == before["UID"] and after["SEQUENCE"] == before["SEQUENCE"] + 1
    print(f"calendars: {compared} events read by icalendar as the JSON says")


main(*sys.argv[1:])
