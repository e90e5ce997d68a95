"use strict";

// The document of this very server, and nothing from elsewhere: no validator badge, no document named in the address.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  queryConfigEnabled: false,
  validatorUrl: null,
});
