// Uses the types that openapi-typescript generates from the published document: logs in, edits, publishes, reads.
// Compiling it strictly is half of the check, running it the other half.
// Usage: node built/round_trip.js BASE_URL EMAIL PASSWORD

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[]; exit(code: number): never };

const [base = "", email = "", password = ""] = process.argv.slice(2);

function fail(message: string): never {
  console.error(message);
  return process.exit(1);
}

type Reply<Data> = { data?: Data; error?: unknown; response: Response };

function expect<Data>(reply: Reply<Data>, status: number): Data {
  if (reply.response.status !== status || reply.data === undefined) {
    fail(`expected ${status}, got ${reply.response.status}: ${JSON.stringify(reply.error)}`);
  }
  return reply.data;
}

function refused(reply: Reply<unknown>, status: number): components["schemas"]["Problem"] {
  if (reply.response.status !== status) {
    fail(`expected ${status}, got ${reply.response.status}`);
  }
  return reply.error as components["schemas"]["Problem"];
}

function etag(reply: { response: Response }): string {
  return reply.response.headers.get("etag") ?? fail("no entity tag");
}

const anonymous = createClient<paths>({ baseUrl: base });
const tokens = expect(await anonymous.POST("/v1/auth/login", { body: { email, password } }), 200);
const editor = createClient<paths>({ baseUrl: base, headers: { Authorization: `Bearer ${tokens.access_token}` } });
const me = expect(await editor.GET("/v1/auth/me"), 200);
if (me.email !== email) fail("signed in as somebody else");

const section = expect(await editor.POST("/v1/editor/sections", { body: { name: "Typed" } }), 201);
for (const number of [0, 1, 2]) {
  const created = await editor.POST("/v1/editor/articles", {
    body: { title: `Typed client ${number}`, section_id: section.id, body: { source: "Some *words*." } },
  });
  const id = expect(created, 201).id;
  const path = { id };
  const changed = await editor.PATCH("/v1/editor/articles/{id}", {
    params: { path, header: { "If-Match": etag(created) } },
    body: { standfirst: "From TypeScript" },
  });
  expect(changed, 200);
  const stale = refused(
    await editor.PATCH("/v1/editor/articles/{id}", { params: { path, header: { "If-Match": etag(created) } }, body: { title: "Late" } }),
    412,
  );
  if (stale.code !== "stale_version" || stale.current?.version !== 2) fail(JSON.stringify(stale));
  const scheduled = await editor.POST("/v1/editor/articles/{id}/schedule", {
    params: { path, header: { "If-Match": etag(changed) } },
    body: { publish_at: "2999-01-01T00:00:00Z" },
  });
  expect(scheduled, 200);
  const illegal = refused(
    await editor.POST("/v1/editor/articles/{id}/unpublish", { params: { path, header: { "If-Match": etag(scheduled) } } }),
    409,
  );
  if (!illegal.allowed?.includes("unschedule")) fail(JSON.stringify(illegal));
  expect(await editor.POST("/v1/editor/articles/{id}/publish", { params: { path, header: { "If-Match": etag(scheduled) } }, body: {} }), 200);
}

const invalid = refused(await editor.POST("/v1/editor/articles", { body: { title: "" } }), 422);
if (invalid.errors?.[0]?.pointer !== "/title") fail(JSON.stringify(invalid));

const titles: string[] = [];
let cursor: string | null = null;
do {
  const query: { limit: number; section: string; cursor?: string } = { limit: 2, section: section.slug };
  if (cursor !== null) query.cursor = cursor;
  const page: components["schemas"]["ArticleList"] = expect(await anonymous.GET("/v1/articles", { params: { query } }), 200);
  titles.push(...page.data.map((article) => article.title));
  cursor = page.page.next;
} while (cursor !== null);
if (titles.sort().join() !== "Typed client 0,Typed client 1,Typed client 2") fail(titles.join());

const whole = expect(
  await anonymous.GET("/v1/articles/{slug}", { params: { path: { slug: "typed-client-1" }, query: { include: "related,latest,meetings" } } }),
  200,
);
if (whole.related?.length !== 2 || whole.meetings === undefined) fail(JSON.stringify(whole));
console.log("typescript client: compiled strictly and made the round trip");
