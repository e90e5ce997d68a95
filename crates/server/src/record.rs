//! Declares a kind of record in one place: its members with their documentation, its types, its seven endpoints.
//!
//! A member stands once and appears in what an editor enters (`In`), what an editor sees (`Editor…`) and, if it is
//! public, in what readers get. How reading, checking and keeping work is in [`crate::desk`].

/// Declares the types of a record and its conversions from and to the row of the store. What is `derived` stands in no row: it is
/// empty until the function that `record_routes!` is given for it has filled it in.
macro_rules! record_types {
    (
        $(#[$doc:meta])*
        $noun:ident: row $row:path, id $id:ty, kind $kind:ident, input $input:ident, editor $editor:ident, editor_list $editor_list:ident;
        public { $($(#[$public_meta:meta])* $public:ident: $public_type:ty,)* }
        private { $($(#[$private_meta:meta])* $private:ident: $private_type:ty,)* }
        $(confidential { $($confidential:ident,)* })?
        $(derived { $($(#[$derived_meta:meta])* $derived:ident: $derived_type:ty,)* })?
    ) => {
        #[doc = concat!("What an editor enters for ", stringify!($noun), ".")]
        #[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
        pub struct $input {
            /// Made from the name where absent.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "harbour-news")]
            pub slug: Option<masthead_domain::slug::Slug>,
            $($(#[$public_meta])* pub $public: $public_type,)*
            $($(#[$private_meta])* pub $private: $private_type,)*
        }

        #[doc = concat!("What an editor sees of ", stringify!($noun), ".")]
        #[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
        pub struct $editor {
            #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
            pub id: $id,
            #[schema(value_type = String, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "harbour-news")]
            pub slug: masthead_domain::slug::Slug,
            /// Rises by one with each change; to be sent in `If-Match`.
            #[schema(minimum = 1, example = 3)]
            pub version: i32,
            #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
            pub created_at: masthead_domain::time::Timestamp,
            #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
            pub updated_at: masthead_domain::time::Timestamp,
            /// Who changed it last; absent where the server did.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
            pub updated_by: Option<masthead_domain::id::UserId>,
            $($(#[$public_meta])* pub $public: $public_type,)*
            $($(#[$private_meta])* pub $private: $private_type,)*
        }

        /// A page of them.
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $editor_list {
            pub data: Vec<$editor>,
            pub page: crate::page::PageOut,
        }

        $(#[$doc])*
        #[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
        pub struct $noun {
            #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
            pub id: $id,
            #[schema(value_type = String, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "harbour-news")]
            pub slug: masthead_domain::slug::Slug,
            /// The address of its page on the paper's website.
            #[schema(format = Uri, example = "https://paper.example/pages/harbour-news")]
            pub page_url: String,
            #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
            pub updated_at: masthead_domain::time::Timestamp,
            $($(#[$public_meta])* pub $public: $public_type,)*
            $($($(#[$derived_meta])* pub $derived: $derived_type,)*)?
        }

        impl $noun {
            /// The members that `fields` may name.
            #[allow(dead_code, reason = "not every record has a list on the delivery side")]
            pub const FIELDS: &'static [&'static str] = &["id", "slug", "page_url", "updated_at", $(stringify!($public),)* $($(stringify!($derived),)*)?];

            #[must_use]
            pub fn from_row(row: $row, page_url: String) -> Self {
                Self {
                    id: row.id,
                    slug: row.slug,
                    page_url,
                    updated_at: row.updated_at,
                    $($public: row.$public,)*
                    $($($derived: <$derived_type>::default(),)*)?
                }
            }
        }

        impl $editor {
            /// The members that `fields` may name.
            pub const FIELDS: &'static [&'static str] =
                &["id", "slug", "version", "created_at", "updated_at", "updated_by", $(stringify!($public),)* $(stringify!($private),)*];

            /// What someone of that role is shown: members named as confidential are for editors only.
            #[must_use]
            #[allow(unused_mut, unused_variables, reason = "few records have anything confidential")]
            pub fn shown_to(mut self, role: masthead_domain::permission::Role) -> Self {
                $(if role < masthead_domain::permission::Role::Editor {
                    $(self.$confidential = None;)*
                })?
                self
            }
        }

        impl From<$row> for $editor {
            fn from(row: $row) -> Self {
                Self {
                    id: row.id,
                    slug: row.slug,
                    version: row.version,
                    created_at: row.created_at,
                    updated_at: row.updated_at,
                    updated_by: row.updated_by,
                    $($public: row.$public,)*
                    $($private: row.$private,)*
                }
            }
        }

        impl From<&$row> for $input {
            fn from(row: &$row) -> Self {
                Self { slug: Some(row.slug.clone()), $($public: row.$public.clone(),)* $($private: row.$private.clone(),)* }
            }
        }

        impl $input {
            fn into_row(self, meta: masthead_store::record::Meta) -> $row {
                $row {
                    id: meta.id.0.into(),
                    slug: meta.slug,
                    version: meta.version,
                    created_at: meta.created_at,
                    updated_at: meta.updated_at,
                    updated_by: meta.updated_by,
                    $($public: self.$public,)*
                    $($private: self.$private,)*
                }
            }
        }
    };
}

/// Implements [`crate::desk::Record`] for a row whose members are those of its input. `read`, `check` and `changed` are the record's own.
macro_rules! record_desk {
    ($module:ident::$row:ident, kind $kind:ident, input $input:ident, editor $editor:ident, read $read:path, check $check:path $(, changed $changed:path)? $(, editing $editing:expr)?) => {
        impl crate::desk::Record for masthead_store::$module::$row {
            const KIND: masthead_domain::kind::Kind = masthead_domain::kind::Kind::$kind;
            type In = $input;
            type Editor = $editor;

            fn read(reader: &mut masthead_domain::read::Reader) -> $input {
                $read(reader)
            }
            fn check(
                conn: &mut masthead_store::dialect::Conn,
                input: &mut $input,
                own: Option<masthead_domain::column::AnyId>,
                faults: &mut Vec<masthead_domain::fault::Fault>,
            ) -> Result<(), masthead_store::error::Error> {
                $check(conn, input, own, faults)
            }
            $(fn editing(_: &$input) -> masthead_domain::permission::Action {
                $editing
            })?
            $(fn changed(
                conn: &mut masthead_store::dialect::Conn,
                id: masthead_domain::column::AnyId,
                old: &$input,
                new: &$input,
            ) -> Result<(), masthead_store::error::Error> {
                $changed(conn, id, old, new)
            })?
            fn slug_source(input: &mut $input) -> (&mut Option<masthead_domain::slug::Slug>, &str) {
                (&mut input.slug, &input.name)
            }
            fn input(&self, _: &mut masthead_store::dialect::Conn) -> Result<$input, masthead_store::error::Error> {
                Ok(self.into())
            }
            fn build(input: $input, meta: masthead_store::record::Meta) -> Self {
                input.into_row(meta)
            }
            fn editor(self, _: $input) -> $editor {
                self.into()
            }
            record_verbs!($module);
        }
    };
}

/// The store's verbs and the common members, as [`crate::desk::Record`] asks for them.
macro_rules! record_verbs {
    ($module:ident) => {
        fn meta(&self) -> masthead_store::record::Meta {
            masthead_store::record::Meta {
                id: masthead_domain::column::AnyId(self.id.0),
                slug: self.slug.clone(),
                version: self.version,
                created_at: self.created_at,
                updated_at: self.updated_at,
                updated_by: self.updated_by,
            }
        }
        fn find(conn: &mut masthead_store::dialect::Conn, key: &masthead_store::record::Key) -> Result<Self, masthead_store::error::Error> {
            masthead_store::$module::find(conn, key)
        }
        fn slug_is_taken(
            conn: &mut masthead_store::dialect::Conn,
            slug: &masthead_domain::slug::Slug,
            own: Option<masthead_domain::column::AnyId>,
        ) -> Result<bool, masthead_store::error::Error> {
            masthead_store::$module::slug_is_taken(conn, slug, own)
        }
        fn insert(&self, conn: &mut masthead_store::dialect::Conn) -> Result<(), masthead_store::error::Error> {
            masthead_store::$module::insert(conn, self)
        }
        fn update(&self, conn: &mut masthead_store::dialect::Conn, seen: i32) -> Result<(), masthead_store::error::Error> {
            masthead_store::$module::update(conn, seen, self)
        }
        fn delete(&self, conn: &mut masthead_store::dialect::Conn) -> Result<(), masthead_store::error::Error> {
            masthead_store::$module::delete(conn, self.version, self.id)
        }
    };
}

/// The query parameters of a list of records.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
pub struct RecordQuery {
    /// The order; `-` means from high to low.
    #[param(inline)]
    sort: Option<RecordSortIn>,
    /// Only those changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<masthead_domain::time::Timestamp>,
    /// Only these members, separated by commas; `fields` may name any member of the items.
    #[param(value_type = Option<String>, max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The `fields` of a single item.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
pub struct FieldsQuery {
    /// Only these members, separated by commas.
    #[param(value_type = Option<String>, max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of records.
#[derive(serde::Serialize, utoipa::ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from RECORD_SORTS")]
pub enum RecordSortIn {
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
}

/// The orders of a list of records, the default first.
pub const RECORD_SORTS: [(&str, masthead_store::record::RecordSort); 4] = {
    use masthead_store::record::RecordSort::{Name, UpdatedAt};
    [("name", Name), ("-name", Name), ("updated_at", UpdatedAt), ("-updated_at", UpdatedAt)]
};

/// The five endpoints of a record on the editing side.
macro_rules! record_desk_routes {
    (
        $module:ident::$row:ident, tag $tag:literal, one $one:literal, many $many:literal, path $path:literal, item $item:literal,
        input $input:ident, editor $editor:ident, editor_list $editor_list:ident,
        operations $list:ident $find:ident $create:ident $update:ident $delete:ident,
        filter |$query:ident, $filter:ident| $narrow:block
    ) => {
        #[utoipa::path(
            tag = $tag,
            summary = concat!("List ", $many, " to edit"),
            description = concat!("All ", $many, ", a page at a time, with their versions."),
            params(crate::page::PageQuery, crate::record::RecordQuery),
            responses((status = OK, description = "A page.", body = $editor_list))
        )]
        #[get($path)]
        async fn $list(
            db: actix_web::web::Data<masthead_store::db::Db>,
            seal: actix_web::web::Data<crate::seal::Seal>,
            contributor: crate::identity::Contributor,
            $query: crate::request::Query,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            #[allow(unused_mut, reason = "not every record has filters of its own")]
            let mut $query = $query;
            let fields = $query.words("fields", $editor::FIELDS);
            let (page, sort) = crate::page::PageRequest::read(&mut $query, &seal, &crate::record::RECORD_SORTS);
            #[allow(unused_mut, reason = "not every record has filters of its own")]
            let mut $filter = masthead_store::record::RecordFilter { updated_since: $query.time("updated_since"), ..Default::default() };
            let () = $narrow;
            let canonical = $query.finish()?;
            let sort = sort.unwrap_or(masthead_store::record::RecordSort::Name);
            let asked = page.page.clone();
            let listing = db.read(move |conn| masthead_store::$module::list(conn, &$filter, sort, &asked)).await?;
            let page = page.out(&seal, &listing, |row| crate::record::place(sort, &row.name, row.updated_at, masthead_domain::column::AnyId(row.id.0)));
            let link = crate::page::link_header(&canonical, &page);
            let list = $editor_list { data: listing.rows.into_iter().map(|row| $editor::from(row).shown_to(contributor.0.role)).collect(), page };
            crate::view::desk_list(&list, fields.as_deref(), link)
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Find one of the ", $many, " to edit"),
            description = concat!("The ", $one, " of that id or slug, with its version."),
            params(("id" = String, Path, description = "Id or slug.", max_length = 120), crate::record::FieldsQuery),
            responses((status = OK, description = "Found.", body = $editor))
        )]
        #[get($item)]
        async fn $find(
            db: actix_web::web::Data<masthead_store::db::Db>,
            contributor: crate::identity::Contributor,
            id: actix_web::web::Path<String>,
            mut query: crate::request::Query,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            let fields = query.words("fields", $editor::FIELDS);
            query.finish()?;
            let key = crate::record::key(&id)?;
            let found = db.read(move |conn| crate::desk::find::<masthead_store::$module::$row>(conn, &key)).await?;
            let found = crate::desk::Versioned { value: found.value.shown_to(contributor.0.role), ..found };
            crate::view::desk_item(&found, fields.as_deref())
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Create one of the ", $many),
            description = concat!("Adds the ", $one, " of the body. Every fault of the body is named."),
            request_body = $input,
            responses((status = CREATED, description = "Added.", body = $editor))
        )]
        #[post($path)]
        async fn $create(
            desk: crate::writing::Desk<crate::identity::Editor>,
            body: crate::request::JsonBody,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            desk.write(move |conn, acting| {
                crate::desk::create::<masthead_store::$module::$row>(conn, acting, &body.0)?.created(concat!("/v1/editor", $path))
            })
            .await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Update one of the ", $many),
            description = concat!("A merge patch (RFC 7396): what is left out stays, null takes away. A patch that changes nothing keeps the version of the ", $one, "."),
            params(("id" = String, Path, description = "Id or slug.", max_length = 120)),
            request_body = $input,
            responses((status = OK, description = "Changed, or as it was.", body = $editor))
        )]
        #[patch($item)]
        async fn $update(
            desk: crate::writing::Desk<crate::identity::Editor>,
            id: actix_web::web::Path<String>,
            if_match: crate::request::IfMatch,
            body: crate::request::JsonBody,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            let key = crate::record::key(&id)?;
            desk.write(move |conn, acting| crate::desk::update::<masthead_store::$module::$row>(conn, acting, &key, &if_match, body.0)?.ok()).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Delete one of the ", $many),
            description = concat!("Refused where something still refers to the ", $one, "."),
            params(("id" = String, Path, description = "Id or slug.", max_length = 120)),
            responses((status = NO_CONTENT, description = "Deleted."), (status = CONFLICT, description = "Still in use."))
        )]
        #[delete($item)]
        async fn $delete(
            desk: crate::writing::Desk<crate::identity::Editor>,
            id: actix_web::web::Path<String>,
            if_match: crate::request::IfMatch,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            let key = crate::record::key(&id)?;
            desk.write(move |conn, acting| {
                crate::desk::delete::<masthead_store::$module::$row>(conn, acting, &key, &if_match)?;
                Ok(crate::writing::Written::nothing())
            })
            .await
        }

        /// The routes of the editing side.
        pub fn desk_routes(routes: &mut $crate::routing::Routes) {
            routes.service($list).service($find).service($create).service($update).service($delete);
        }
    };
}

/// The two endpoints of the revisions of a record.
macro_rules! record_revision_routes {
    (
        $module:ident::$row:ident, tag $tag:literal, one $one:literal, list $list_path:literal, item $item_path:literal,
        input $input:ident, revision $revision:ident, operations $list:ident $find:ident
    ) => {
        #[doc = concat!("A revision of ", $one, ".")]
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $revision {
            #[serde(flatten)]
            summary: crate::revisions::RevisionSummary,
            /// What was entered.
            #[schema(value_type = $input)]
            content: serde_json::Value,
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("List the revisions of ", $one),
            description = "All that was ever saved, the newest first: who and when.",
            params(("id" = String, Path, description = "Id or slug.", max_length = 120), crate::page::PageQuery, crate::revisions::RevisionQuery),
            responses((status = OK, description = "A page.", body = crate::revisions::RevisionList))
        )]
        #[get($list_path)]
        async fn $list(
            db: actix_web::web::Data<masthead_store::db::Db>,
            seal: actix_web::web::Data<crate::seal::Seal>,
            _: crate::identity::Contributor,
            id: actix_web::web::Path<String>,
            query: crate::request::Query,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            let key = crate::record::key(&id)?;
            crate::revisions::answer_list(&db, &seal, query, move |conn| crate::revisions::of_record::<masthead_store::$module::$row>(conn, &key)).await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Find a revision of ", $one),
            description = "What was entered then. It never changes.",
            extensions(("x-unversioned" = json!(true))),
            params(
                ("id" = String, Path, description = "Id or slug.", max_length = 120),
                ("number" = i32, Path, description = "The number of the revision.", minimum = 1)
            ),
            responses((status = OK, description = "Found.", body = $revision))
        )]
        #[get($item_path)]
        async fn $find(
            db: actix_web::web::Data<masthead_store::db::Db>,
            contributor: crate::identity::Contributor,
            path: actix_web::web::Path<(String, String)>,
            query: crate::request::Query,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            query.finish()?;
            let (key, number) = (crate::record::key(&path.0)?, crate::revisions::number(&path.1)?);
            let (summary, content) =
                db.read(move |conn| crate::revisions::of_record::<masthead_store::$module::$row>(conn, &key)?.find(conn, number)).await?;
            let content = crate::record::entered_for(contributor.0.role, content);
            Ok(actix_web::HttpResponse::Ok().json($revision { summary, content }))
        }

        /// The routes of the revisions.
        pub fn revision_routes(routes: &mut $crate::routing::Routes) {
            routes.service($list).service($find);
        }
    };
}

/// The two endpoints of a record on the delivery side.
macro_rules! record_routes {
    (
        $module:ident::$row:ident, kind $kind:ident, tag $tag:literal, one $one:literal, many $many:literal, path $path:literal, item $item:literal,
        out $noun:ident, list $list_type:ident, page_path $page_path:ident,
        operations $list:ident $find:ident,
        params ($($params:path),*),
        filter |$query:ident, $filter:ident| $narrow:block
        $(, derived $complete:path)?
    ) => {
        /// A page of them.
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $list_type {
            pub data: Vec<$noun>,
            pub page: crate::page::PageOut,
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("List ", $many),
            description = concat!("All ", $many, ", a page at a time."),
            params(crate::page::PageQuery, crate::record::RecordQuery $(, $params)*),
            responses((status = OK, description = "A page.", body = $list_type))
        )]
        #[get($path)]
        async fn $list(
            delivery: crate::delivery::Delivery,
            $query: crate::request::Query,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            #[allow(unused_mut, reason = "not every record has filters of its own")]
            let mut $query = $query;
            let fields = $query.words("fields", $noun::FIELDS);
            let (page, sort) = crate::page::PageRequest::read(&mut $query, delivery.seal(), &crate::record::RECORD_SORTS);
            #[allow(unused_mut, reason = "not every record has filters of its own")]
            let mut $filter = masthead_store::record::RecordFilter { updated_since: $query.time("updated_since"), ..Default::default() };
            let () = $narrow;
            let canonical = $query.finish()?;
            let sort = sort.unwrap_or(masthead_store::record::RecordSort::Name);
            delivery
                .answer(canonical, move |reading| {
                    let site = reading.site()?;
                    let listing = masthead_store::$module::list(reading.conn, &$filter, sort, &page.page)?;
                    reading.uses_all(masthead_domain::kind::Kind::$kind)?;
                    let out = page.out(&reading.paper.seal, &listing, |row| {
                        crate::record::place(sort, &row.name, row.updated_at, masthead_domain::column::AnyId(row.id.0))
                    });
                    let link = crate::page::link_header(reading.request, &out);
                    let last_modified = listing.rows.iter().map(|row| row.updated_at).max();
                    let to_out = |row: masthead_store::$module::$row| {
                        let page_url = reading.page_url(&site.$page_path, &row.slug);
                        $noun::from_row(row, page_url)
                    };
                    #[allow(unused_mut, reason = "few records have anything derived")]
                    let mut data: Vec<$noun> = listing.rows.into_iter().map(to_out).collect();
                    $($complete(reading, &mut data)?;)?
                    let list = $list_type { data, page: out };
                    crate::delivery::Answer::list(&list, fields.as_deref(), last_modified, link)
                })
                .await
        }

        #[utoipa::path(
            tag = $tag,
            summary = concat!("Find one of the ", $many),
            description = concat!("The ", $one, " of that slug or id. A slug that it gave up leads to the one it has."),
            params(("slug" = String, Path, description = "Slug or id.", max_length = 120), crate::record::FieldsQuery),
            responses((status = OK, description = "Found.", body = $noun), (status = MOVED_PERMANENTLY, description = "It has another slug now."))
        )]
        #[get($item)]
        async fn $find(
            delivery: crate::delivery::Delivery,
            slug: actix_web::web::Path<String>,
            mut query: crate::request::Query,
        ) -> Result<actix_web::HttpResponse, crate::error::ApiError> {
            let fields = query.words("fields", $noun::FIELDS);
            let canonical = query.finish()?;
            let key = crate::record::key(&slug)?;
            delivery
                .answer(canonical, move |reading| {
                    let id = |row: &masthead_store::$module::$row| masthead_domain::column::AnyId(row.id.0);
                    match reading.find_or_moved(masthead_domain::kind::Kind::$kind, &key, id, masthead_store::$module::find)? {
                        crate::delivery::Found::Here(row) => {
                            let site = reading.site()?;
                            let (page_url, updated_at) = (reading.page_url(&site.$page_path, &row.slug), row.updated_at);
                            #[allow(unused_mut, reason = "few records have anything derived")]
                            let mut item = $noun::from_row(row, page_url);
                            $($complete(reading, std::slice::from_mut(&mut item))?;)?
                            crate::delivery::Answer::item(&item, fields.as_deref(), updated_at)
                        }
                        crate::delivery::Found::Moved(row) => Ok(crate::delivery::Answer::moved(reading, concat!("/v1", $path), &row.slug)),
                    }
                })
                .await
        }

        /// The routes of the delivery side.
        pub fn routes(routes: &mut $crate::routing::Routes) {
            routes.service($list).service($find);
        }
    };
}

/// The members of records that are for editors only; [`record_types!`] takes them out of what is shown.
const CONFIDENTIAL: [&str; 3] = ["real_name", "private_notes", "private_contact"];

/// What was entered for a record, as far as someone of that role may see it.
#[must_use]
pub fn entered_for(role: masthead_domain::permission::Role, mut content: serde_json::Value) -> serde_json::Value {
    if role < masthead_domain::permission::Role::Editor
        && let Some(members) = content.as_object_mut()
    {
        members.retain(|name, _| !CONFIDENTIAL.contains(&name.as_str()));
    }
    content
}

/// Reads the path segment that names a record.
pub fn key(text: &str) -> Result<masthead_store::record::Key, crate::error::ApiError> {
    masthead_store::record::Key::parse(text).ok_or_else(crate::error::ApiError::not_found)
}

/// The place of a record in a list.
pub fn place(
    sort: masthead_store::record::RecordSort,
    name: &str,
    updated_at: masthead_domain::time::Timestamp,
    id: masthead_domain::column::AnyId,
) -> (masthead_store::page::SortKey, masthead_domain::column::AnyId) {
    use masthead_store::page::SortKey;
    match sort {
        masthead_store::record::RecordSort::Name => (SortKey::Text(name.to_owned()), id),
        masthead_store::record::RecordSort::UpdatedAt => (SortKey::Time(updated_at), id),
    }
}

/// Nothing to check against the database, but for a name that stands in the index of many articles: it is changed when its turn
/// has come.
///
/// # Errors
/// Those of the database.
pub fn wait_for_names<I>(
    conn: &mut masthead_store::dialect::Conn,
    _: &mut I,
    own: Option<masthead_domain::column::AnyId>,
    _: &mut Vec<masthead_domain::fault::Fault>,
) -> Result<(), masthead_store::error::Error> {
    if own.is_some() { conn.take_turns(masthead_store::dialect::Turn::Names) } else { Ok(()) }
}

/// Nothing to check against the database.
pub fn nothing_to_check<I>(
    _: &mut masthead_store::dialect::Conn,
    _: &mut I,
    _: Option<masthead_domain::column::AnyId>,
    _: &mut Vec<masthead_domain::fault::Fault>,
) -> Result<(), masthead_store::error::Error> {
    Ok(())
}
