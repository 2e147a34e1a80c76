#!/usr/bin/env python3
"""emulator.py PORT: an emulator of AWS on 127.0.0.1 for the tests.

moto as it comes keeps the scaling target and the budget but cannot answer what Terraform asks
after making them: which tags they have, and who hears of a budget.  Here the answers are what
was sent; without them Terraform waits for ever.  Nor does it take a gateway's mock integration,
which has no address and no method.
"""
import json
import sys

from moto.apigateway.models import APIGatewayBackend as Gateway
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as Scaling
from moto.budgets.responses import BudgetsResponse as Budgets
from moto.server import main

tags = {"target": {}, "budget": []}
register_scalable_target = Scaling.register_scalable_target
create_budget = Budgets.create_budget
put_integration = Gateway.put_integration


def register(self):
    tags["target"] = self._get_param("Tags") or tags["target"]
    return register_scalable_target(self)


def create(self):
    tags["budget"] = self._get_param("ResourceTags") or tags["budget"]
    return create_budget(self)


def subscribers(self):
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    wanted = self._get_param("Notification")
    found = [
        n.subscribers for n in budget.notifications
        if all(n.details.get(k) == v for k, v in wanted.items())
    ]
    return json.dumps({"Subscribers": found[0] if found else []})


def integrate(self, *given, **named):
    if named.get("integration_type") == "mock":
        named = {"uri": "", "integration_method": None, **named}
    return put_integration(self, *given, **named)


Gateway.put_integration = integrate
Scaling.register_scalable_target = register
Scaling.list_tags_for_resource = lambda self: json.dumps({"Tags": tags["target"]})
Budgets.create_budget = create
Budgets.list_tags_for_resource = lambda self: json.dumps({"ResourceTags": tags["budget"]})
Budgets.describe_subscribers_for_notification = subscribers

main(["-H", "127.0.0.1", "-p", sys.argv[1]])
