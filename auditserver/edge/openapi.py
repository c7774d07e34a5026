"""How one signs in and what is answered besides, told to the OpenAPI document. Importing registers the ways in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class PhoneToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A phone's own token."""

    target_class = "auditserver.edge.authentication.DeviceAuthentication"
    name = "phone"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """`Authorization: Bearer <token>`."""
        return {"type": "http", "scheme": "bearer", "description": "The token a phone was given when it was paired."}


class PageCookie(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A signed-in page."""

    target_class = "auditserver.edge.authentication.PageSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The session cookie; whatever changes something also needs `X-CSRFToken`."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


# What any operation may answer besides its own: by its kind. 500 is no answer that anybody may rely on.
ANY = {"406": "not-acceptable", "503": "busy"}
BEHIND_A_DOOR = {"401": "not-signed-in", "403": "not-allowed"}
WITH_INPUT = {"400": "invalid"}
OF_A_ROW = {"404": "not-found"}
WRITING = OF_A_ROW | {"409": "the state of something forbids it", "422": "it can be read, and not be done"}
WITH_A_BODY = {"413": "too-large", "415": "unsupported-media-type"}
PROBLEM_JSON = "application/problem+json"


def tell_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: every operation says which problems it answers, and that they are problem+json.

    Which they are follows from the gates and parsers that all operations pass; what a view says itself stands.
    """
    problem = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    known = ANY | BEHIND_A_DOOR | WITH_INPUT | OF_A_ROW | WRITING | WITH_A_BODY
    told = {f"Problem{status}": {"description": text, "content": problem} for status, text in known.items()}
    result["components"]["responses"] = dict(sorted(told.items()))
    for schema in result["components"]["schemas"].values():
        for name, shape in schema.get("properties", {}).items():
            if {} in shape.get("oneOf", ()):
                # Anything at all, null too: of "anything" and "null" null would be both.
                schema["properties"][name] = {key: value for key, value in shape.items() if key != "oneOf"}
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "put", "post", "patch", "delete", "head"):
                _tell(path, method, operation)
    return result


def _tell(path: str, method: str, operation: dict[str, Any]) -> None:
    kinds = dict(ANY)
    kinds |= BEHIND_A_DOOR if operation.get("security") != [] else {}
    kinds |= OF_A_ROW if "{" in path or operation.get("parameters") else {}
    kinds |= WITH_INPUT if operation.get("parameters") or method != "get" else {}
    kinds |= WRITING if method not in ("get", "head") else {}
    kinds |= WITH_A_BODY if "requestBody" in operation else {}
    answers = operation["responses"]
    for status, told in answers.items():
        if status.startswith(("4", "5")) and "content" in told:
            told["content"] = {PROBLEM_JSON: next(iter(told["content"].values()))}
    for status in kinds:
        answers.setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    operation["responses"] = dict(sorted(answers.items()))


__all__ = ["PageCookie", "PhoneToken", "tell_problems"]
