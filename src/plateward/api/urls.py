"""Where the JSON interface lives, and its description."""

from django.contrib.auth.decorators import login_not_required
from ninja import NinjaAPI

from plateward.api import batches, edge, problems, vendors
from plateward.api.sightings import router

api = NinjaAPI(
    title="Plateward",
    version="1",
    description="For cameras and partners. People sign in at the pages.",
    docs_url=None,
    urls_namespace="api",
)
problems.teach(api)
api.add_router("", router)
api.add_router("", batches.router)
api.add_router("", vendors.router)
api.add_router("", edge.router)

routes = api.urls
# A camera shows its own secret; the sign-in of people is not for it.
for pattern in routes[0]:
    assert pattern.callback is not None
    login_not_required(pattern.callback)
