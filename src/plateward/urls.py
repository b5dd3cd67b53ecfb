"""Where the pages and the interface for machines meet: every address there is."""

from django.urls import path

from plateward.api.urls import routes
from plateward.web.urls import handler400, handler403, handler404, handler500
from plateward.web.urls import urlpatterns as pages

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*pages, path("api/v1/", routes)]
