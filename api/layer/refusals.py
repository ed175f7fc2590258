"""What the layer itself refuses, before any service is asked."""

from services.errors import ServiceError


class BadRequest(ServiceError):
    """The request cannot be read."""

    code, status = "not_json", 400


class MethodRefused(ServiceError):
    code, status = "method_refused", 405


class MediaTypeRefused(ServiceError):
    code, status = "media_type_refused", 415


class MatchMissing(ServiceError):
    """An edit that does not say which version it changes."""

    code, status = "if_match_missing", 428


class CrossSite(ServiceError):
    """A cookie came with a request that another site made."""

    code, status = "cross_site", 403


class Unavailable(ServiceError):
    code, status = "unavailable", 503
