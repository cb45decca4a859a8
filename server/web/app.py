"""The web application: its routes, guards and error pages."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler, LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send

from server.actions.office import Office
from server.web import applicant, error_pages, public, sign_in, staff
from server.web.access import admit
from server.web.assets import static_file
from server.web.blank import BlankPages
from server.web.connectors import CONNECTOR_ROUTES
from server.web.demo import DEMO_ROUTES
from server.web.failures import Failure
from server.web.files import FILE_ROUTES
from server.web.headers import add_headers
from server.web.notices import NOTICE_ROUTES
from server.web.papers import PAPER_ROUTES
from server.web.patterns import patterns
from server.web.posted import UploadSlots
from server.web.schema_page import SCHEMA_ROUTES


class Application(Litestar):
    """An application in which HEAD is GET without the body, as the heads of pages are asked for by monitors and previews."""

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend) -> None:
        """Answers one connection."""
        if scope["type"] != "lifespan" and scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            scope["method"] = "GET"
        await super().__call__(scope, receive, send)


def create_app(office: Office, further: Sequence[ControllerRouterHandler] = ()) -> Litestar:
    """The application of one office; `further` are routes of packages above this one."""
    return Application(
        route_handlers=[
            *public.ROUTES,
            *sign_in.ROUTES,
            *applicant.ROUTES,
            *staff.ROUTES,
            *NOTICE_ROUTES,
            *FILE_ROUTES,
            *PAPER_ROUTES,
            *CONNECTOR_ROUTES,
            *DEMO_ROUTES,
            static_file,
            patterns,
            *SCHEMA_ROUTES,
            *further,
        ],
        guards=[admit],
        before_send=[add_headers],
        exception_handlers={
            Failure: error_pages.show_failure,
            HTTPException: error_pages.show_http,
            Exception: error_pages.show_unexpected,
        },
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=1, minimum_size=600, exclude=["^/static/", "^/files/"]
        ),
        state=State({"office": office, "uploads": UploadSlots(), "blank_pages": BlankPages()}),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
