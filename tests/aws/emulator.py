#!/usr/bin/env python3
"""emulator.py PORT: an emulator of AWS on 127.0.0.1 for the tests.

moto as it comes keeps the scaling policies and the budget but cannot answer two questions
that Terraform asks after making them: which tags a scaling target has, and who hears of a
budget.  The answers are what was sent, or nothing; without them Terraform waits for ever.
"""
import json
import sys

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.budgets.responses import BudgetsResponse
from moto.server import main


def no_tags(self):
    return json.dumps({"Tags": {}})


def subscribers(self):
    budget = self.backend.budgets[self.current_account][self._get_param("BudgetName")]
    wanted = self._get_param("Notification")
    found = [
        n.subscribers for n in budget.notifications
        if all(n.details.get(k) == v for k, v in wanted.items())
    ]
    return json.dumps({"Subscribers": found[0] if found else []})


ApplicationAutoScalingResponse.list_tags_for_resource = no_tags
BudgetsResponse.describe_subscribers_for_notification = subscribers
BudgetsResponse.list_tags_for_resource = lambda self: json.dumps({"ResourceTags": []})

main(["-H", "127.0.0.1", "-p", sys.argv[1]])
