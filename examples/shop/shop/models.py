"""Companies that buy, and what they ordered."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Company(models.Model):
    """A customer. `buyer_id`: who it is in netterms, once it was granted credit there."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    registration_number = models.CharField(max_length=80)
    buyer_id = models.UUIDField(null=True)


class Order(models.Model):
    """An order. `state` is netterms' own, or "asking" until it answered."""

    token = models.UUIDField(unique=True)
    number = models.CharField(max_length=40, unique=True)
    company = models.ForeignKey(Company, models.PROTECT)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=20, default="asking")
    reasons = models.JSONField(default=list)
    available_minor = models.BigIntegerField(null=True)
    net_days = models.IntegerField(null=True)
    credit_id = models.UUIDField(null=True, unique=True)
    credit_version = models.IntegerField(default=0)
    invoice_number = models.CharField(max_length=100, blank=True)
    due_on = models.DateField(null=True)


class Item(models.Model):
    """So many of a product, at the price of that day."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    sku = models.CharField(max_length=20)
    quantity = models.PositiveIntegerField()
    price_minor = models.BigIntegerField()
