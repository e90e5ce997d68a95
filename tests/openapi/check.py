"""Checks the published documents: both are valid OpenAPI, and every example is what its schema describes.

Usage: check.py OPENAPI_3_1 OPENAPI_3_0
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4, DRAFT202012

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
DOCUMENT = "urn:masthead:openapi"
SCHEMA_MAPS = ("properties", "patternProperties", "$defs")
SCHEMA_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
SINGLE_SCHEMAS = ("items", "additionalProperties", "not")


def pointer_part(name: str) -> str:
    """Escapes one step of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def resolve(document: dict[str, Any], node: Any) -> Any:
    """Follows references inside the document."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def examples_of(holder: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The examples of a media type, a parameter or a header, with their places."""
    if "example" in holder:
        yield "example", holder["example"]
    for name, example in (holder.get("examples") or {}).items():
        if "value" in example:
            yield f"examples/{name}", example["value"]


def holders(node: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything outside schemas that has a schema: media types, parameters, headers."""
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict):
            yield place, node
        for name, inner in node.items():
            if name not in ("schema", "schemas", "example", "examples"):
                yield from holders(inner, f"{place}/{pointer_part(name)}")
    elif isinstance(node, list):
        for position, inner in enumerate(node):
            yield from holders(inner, f"{place}/{position}")


def schemas_in(schema: Any, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all within it."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for keyword in SCHEMA_MAPS:
        for name, inner in (schema.get(keyword) or {}).items():
            yield from schemas_in(inner, f"{place}/{keyword}/{pointer_part(name)}")
    for keyword in SCHEMA_LISTS:
        for position, inner in enumerate(schema.get(keyword) or []):
            yield from schemas_in(inner, f"{place}/{keyword}/{position}")
    for keyword in SINGLE_SCHEMAS:
        yield from schemas_in(schema.get(keyword), f"{place}/{keyword}")


def samples(document: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every value given as an example or a default: its place, the place of its schema, the value."""
    schemas: list[tuple[str, dict[str, Any]]] = []
    for place, holder in holders(document, ""):
        for name, value in examples_of(holder):
            yield f"{place}/{name}", f"{place}/schema", value
        schemas.extend(schemas_in(holder["schema"], f"{place}/schema"))
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        schemas.extend(schemas_in(schema, f"/components/schemas/{pointer_part(name)}"))
    for place, schema in schemas:
        for keyword in ("example", "default"):
            if keyword in schema:
                yield f"{place}/{keyword}", place, schema[keyword]
        for position, value in enumerate(schema.get("examples") or []):
            yield f"{place}/examples/{position}", place, value


def bodies_without_example(document: dict[str, Any]) -> Iterator[str]:
    """JSON bodies of requests and responses that show nothing."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            bodies = [("request", operation.get("requestBody"))]
            bodies += [(f"response {status}", response) for status, response in operation.get("responses", {}).items()]
            for what, body in bodies:
                for media_type, content in (resolve(document, body) or {}).get("content", {}).items():
                    if media_type.split(";")[0].endswith("json") and not list(examples_of(content)):
                        yield f"{method.upper()} {path}: {what}: no example as {media_type}"


def faults(document: dict[str, Any]) -> Iterator[str]:
    """All that is wrong with one document."""
    is_older = document.get("openapi", "").startswith("3.0")
    validator = OpenAPIV30SpecValidator if is_older else OpenAPIV31SpecValidator
    is_valid = True
    for error in validator(document).iter_errors():
        is_valid = False
        yield f"invalid: {'/'.join(map(str, error.absolute_path))}: {error.message}"
    if not is_valid:
        # The schemas of an invalid document describe nothing.
        return
    specification = DRAFT4 if is_older else DRAFT202012
    registry = Registry().with_resource(DOCUMENT, Resource.from_contents(document, default_specification=specification))
    checked = 0
    for place, schema_place, value in samples(document):
        reference = {"$ref": f"{DOCUMENT}#{schema_place}"}
        if is_older:
            check: Any = OAS30Validator(reference, registry=registry, format_checker=oas30_format_checker)
        else:
            check = Draft202012Validator(reference, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
        checked += 1
        for error in check.iter_errors(value):
            yield f"example: {place}: {error.message}"
    yield from bodies_without_example(document)
    print(f"{document.get('openapi')}: {len(document.get('paths', {}))} paths, {checked} examples and defaults checked")


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    count = 0
    for name, version in zip(sys.argv[1:], ("3.1", "3.0"), strict=True):
        document = json.loads(Path(name).read_text(encoding="utf-8"))
        if not document.get("openapi", "").startswith(version):
            print(f"{name}: this is {document.get('openapi')}, not {version}")
            count += 1
        for fault in faults(document):
            print(f"{name}: {fault}")
            count += 1
    print(f"{count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
