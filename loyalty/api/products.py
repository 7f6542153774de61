"""``/v1/products``: the merchant's catalogue."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.once import once
from api.pages import narrow, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel.errors import NotFound
from loyalty.api import product_bodies as bodies
from loyalty.models import Product
from loyalty.product_presentation import show_product
from loyalty.services.products import put_product
from merchants.api.base import MerchantView
from merchants.api.whole_merchant import read_id
from merchants.state import Scope


class ProductView(MerchantView):
    """Finds one product of the key's merchant."""

    def find(self, product_id: UUID) -> Product:
        rows = Product.objects.filter(merchant_id=self.principal.merchant_id, id=product_id)
        if (product := rows.first()) is None:
            raise NotFound("not_found", "No such product.")
        return product


class Products(ProductView):
    """``/v1/products``."""

    scopes = {"GET": Scope.PRODUCTS_READ, "POST": Scope.PRODUCTS_WRITE}

    @extend_schema(
        operation_id="put_product",
        summary="Put a product into the catalogue, or change the one with this sku",
        request=bodies.PutProduct,
        responses={200: bodies.ProductObject, 201: bodies.ProductObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(bodies.PutProduct, request.data)
        done = once(self.idempotency_key, Product.PREFIX, lambda: self._put(body))
        headers = {"Idempotent-Replayed": "true"} if done.is_replay else {}
        status = 200 if done.is_replay else 201
        return Response(show_product(self.find(done.object_id)), status=status, headers=headers)

    def _put(self, body: bodies.PutProduct) -> UUID:
        principal = self.principal
        product = put_product(
            body.to_description(),
            acquirer_id=principal.acquirer_id,
            merchant_id=principal.merchant_id,
        )
        return product.id

    @extend_schema(
        operation_id="list_products",
        summary="List the catalogue, or find one product by its sku",
        responses={200: bodies.ProductPage, **PROBLEMS},
        parameters=query_parameters(bodies.ProductQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.ProductQuery, request.query_params)
        rows = Product.objects.filter(merchant_id=self.principal.merchant_id)
        rows = narrow(rows, sku=query.sku, category=query.category, is_active=query.active)
        return Response(page(rows, query, read_cursor=Product.public_id_to_uuid, show=show_product))


class OneProduct(ProductView):
    """``/v1/products/{id}``."""

    scopes = {"GET": Scope.PRODUCTS_READ}

    @extend_schema(
        operation_id="get_product",
        summary="Read a product",
        responses={200: bodies.ProductObject, **PROBLEMS},
    )
    def get(self, request: Request, product_id: str) -> Response:
        return Response(show_product(self.find(read_id(Product.PREFIX, product_id))))
