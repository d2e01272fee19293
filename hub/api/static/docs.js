// Starts Swagger UI on the hub's own document; the validator badge would ask a host outside.
const place = document.getElementById("docs");
SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, validatorUrl: null, deepLinking: true });
