"""``/v1/recommendations``: what to offer with a basket, and what offering brings."""

from datetime import timedelta
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.once import once
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel import clock
from kernel.errors import FieldError, Rejected
from loyalty.api import recommendation_bodies as bodies
from loyalty.models import Recommendation
from loyalty.recommendation_presentation import show_answer, show_outcome
from loyalty.recommendation_selectors import find_outcome
from loyalty.services.recommend import Answer, recommend
from merchants.api.base import MerchantView
from merchants.api.whole_merchant import WholeMerchantView
from merchants.state import Scope
from tenancy.prepared import prepared

WINDOW = timedelta(days=90)


class Recommendations(MerchantView):
    """``/v1/recommendations``."""

    scopes = {"POST": Scope.RECOMMENDATIONS_WRITE}

    @extend_schema(
        operation_id="create_recommendation",
        summary="What to offer with this basket, ranked by expected margin",
        request=bodies.AskRecommendation,
        responses={
            200: bodies.RecommendationObject,
            201: bodies.RecommendationObject,
            **PROBLEMS,
        },
        parameters=[IDEMPOTENCY_KEY],
    )
    @prepared()
    def post(self, request: Request) -> Response:
        question = read(bodies.AskRecommendation, request.data).to_question()
        answers: list[Answer] = []

        def work() -> UUID:
            answers.append(recommend(self.principal, question))
            return answers[0].id

        # The same question has the same answer, so a repetition asks it again.
        done = once(self.idempotency_key, Recommendation.PREFIX, work)
        if done.is_replay:
            work()
        headers = {"Idempotent-Replayed": "true"} if done.is_replay else {}
        shown = show_answer(answers[0], livemode=self.principal.livemode)
        return Response(shown, status=200 if done.is_replay else 201, headers=headers)


class RecommendationUplift(WholeMerchantView):
    """``/v1/recommendations/uplift``."""

    scopes = {"GET": Scope.RECOMMENDATIONS_READ}

    @extend_schema(
        operation_id="get_recommendation_uplift",
        summary="What offering brings, against the control group",
        responses={200: bodies.UpliftObject, **PROBLEMS},
        parameters=query_parameters(bodies.UpliftQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.UpliftQuery, request.query_params)
        until = query.until or clock.now()
        since = query.since or until - WINDOW
        if not timedelta() < until - since <= WINDOW:
            fault = FieldError("since", "invalid", "Must be before until, by 90 days at most.")
            raise Rejected("invalid_request", "Please correct: since.", errors=(fault,))
        principal = self.principal
        outcome = find_outcome(
            principal.merchant_id,
            livemode=principal.livemode,
            since=since,
            until=until,
            currency=query.currency,
        )
        return Response(
            show_outcome(outcome, livemode=principal.livemode, since=since, until=until)
        )
