# Logs, alarms, dashboard, budget.

resource "aws_cloudwatch_log_group" "worker" {
  #checkov:skip=CKV_AWS_158:Encrypted with a key of AWS's; logs name jobs and say nothing of what a clip shows.
  #checkov:skip=CKV_AWS_338:A year in production (production.tfvars), less in staging.
  name              = "/ecs/vidqc-worker"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "router" {
  #checkov:skip=CKV_AWS_158:As the worker's log above.
  #checkov:skip=CKV_AWS_338:As the worker's log above.
  name              = "/lambda/vidqc-router"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_158:As the worker's log above.
  #checkov:skip=CKV_AWS_338:As the worker's log above.
  name              = "/apigateway/vidqc"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "flow" {
  #checkov:skip=CKV_AWS_158:As the worker's log above.
  #checkov:skip=CKV_AWS_338:As the worker's log above.
  name              = "/vpc/vidqc-rejected"
  retention_in_days = var.log_retention_days
}

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:CloudWatch cannot publish to a topic under the key that AWS manages; a message holds an alarm's name and numbers.
  name = "${local.name}-alarms"
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "OurAlarmsAndBudget"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  # The programs write these by the embedded metric format.
  worker_dimensions = { Service = "worker" }
  router_dimensions = { FunctionName = local.router }
  api_dimensions    = { ApiName = aws_api_gateway_rest_api.main.name, Stage = aws_api_gateway_stage.main.stage_name }

  # Alarms of one metric: what, over how long, how bad.
  plain_alarms = {
    latency = {
      description = "The slowest hundredth of jobs takes more than 90 s from request to result"
      namespace   = "vidqc", metric = "LatencySeconds", dimensions = local.worker_dimensions
      statistic   = null, extended = "p99", threshold = 90, period = 300, periods = 2
    }
    dead-letters = {
      description = "A job failed three times, or an upload's event: see DLQ NOT EMPTY in vidqc-aws(7)"
      namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = aws_sqs_queue.dead.name }
      statistic   = "Maximum", extended = null, threshold = 0, period = 60, periods = 1
    }
    oldest-message = {
      description = "The oldest job has waited for more than ten minutes"
      namespace   = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = local.queue_dimensions
      statistic   = "Maximum", extended = null, threshold = 600, period = 60, periods = 3
    }
    router-errors = {
      description = "The router itself failed: callers see 502, uploads may not become jobs"
      namespace   = "AWS/Lambda", metric = "Errors", dimensions = local.router_dimensions
      statistic   = "Sum", extended = null, threshold = 0, period = 60, periods = 2
    }
    lost-events = {
      description = "An upload's event was neither handled nor kept among the dead letters"
      namespace   = "AWS/Lambda", metric = "DestinationDeliveryFailures", dimensions = local.router_dimensions
      statistic   = "Sum", extended = null, threshold = 0, period = 60, periods = 1
    }
    api-errors = {
      description = "More than 5 % of requests were answered with a failure of ours"
      namespace   = "AWS/ApiGateway", metric = "5XXError", dimensions = local.api_dimensions
      statistic   = "Average", extended = null, threshold = 0.05, period = 300, periods = 2
    }
    router-throttles = {
      description = "More routers were asked for than router_concurrency or the account allows"
      namespace   = "AWS/Lambda", metric = "Throttles", dimensions = local.router_dimensions
      statistic   = "Sum", extended = null, threshold = 0, period = 60, periods = 2
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "plain" {
  for_each = local.plain_alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  extended_statistic  = each.value.extended
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name          = "${local.name}-error-rate"
  alarm_description   = "More than 5 % of jobs failed"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "rate"
    label       = "Failed jobs, per cent"
    expression  = "IF(FILL(failed, 0) + FILL(succeeded, 0) > 0, 100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(succeeded, 0)), 0)"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { failed = "Failed", succeeded = "Succeeded" }
    content {
      id = metric_query.key
      metric {
        namespace   = "vidqc"
        metric_name = metric_query.value
        dimensions  = local.worker_dimensions
        period      = 300
        stat        = "Sum"
      }
    }
  }
}

# Scaling from zero takes two to three minutes; ten are a fault: no capacity, no image, no quota.
resource "aws_cloudwatch_metric_alarm" "no_tasks" {
  alarm_name          = "${local.name}-no-tasks"
  alarm_description   = "Jobs have waited for ten minutes and no task runs"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 10
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "waiting_alone"
    label       = "Jobs waiting while no task runs"
    expression  = "IF(FILL(running, 0) < 1, FILL(waiting, 0), 0)"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { for k in ["waiting", "running"] : k => local.load_metrics[k] }
    content {
      id = metric_query.key
      metric {
        metric_name = metric_query.value.name
        namespace   = metric_query.value.namespace
        dimensions  = metric_query.value.dimensions
        period      = 60
        stat        = "Maximum"
      }
    }
  }
}

locals {
  # Each row of the dashboard: a title, and metrics as CloudWatch writes them.
  widgets = [
    { title = "Jobs", stat = "Sum", metrics = [
      for m in ["Jobs", "Succeeded", "Failed"] : ["vidqc", m, "Service", "worker"]
    ] },
    { title = "Request to result, seconds", stat = "p99", metrics = [
      ["vidqc", "LatencySeconds", "Service", "worker", { stat = "p50", label = "p50" }],
      ["vidqc", "LatencySeconds", "Service", "worker", { stat = "p95", label = "p95" }],
      ["vidqc", "LatencySeconds", "Service", "worker", { stat = "p99", label = "p99" }],
      ["vidqc", "QueueAgeSeconds", "Service", "worker", { stat = "p99", label = "waiting, p99" }],
    ] },
    { title = "Queue", stat = "Maximum", metrics = [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.jobs.name, { label = "waiting" }],
      ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", aws_sqs_queue.jobs.name, { label = "in work" }],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead.name, { label = "dead letters" }],
      ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", aws_sqs_queue.jobs.name, { label = "oldest, s", yAxis = "right" }],
    ] },
    { title = "Tasks", stat = "Maximum", metrics = [
      for m in ["DesiredTaskCount", "RunningTaskCount", "PendingTaskCount"] :
      ["ECS/ContainerInsights", m, "ClusterName", aws_ecs_cluster.main.name, "ServiceName", aws_ecs_service.worker.name]
    ] },
    { title = "Worker: processor and memory, per cent", stat = "Average", metrics = [
      for m in ["CPUUtilization", "MemoryUtilization"] :
      ["AWS/ECS", m, "ClusterName", aws_ecs_cluster.main.name, "ServiceName", aws_ecs_service.worker.name]
    ] },
    { title = "API", stat = "Sum", metrics = [
      for m in ["Count", "4XXError", "5XXError"] :
      ["AWS/ApiGateway", m, "ApiName", local.name, "Stage", var.environment]
    ] },
    { title = "Router", stat = "Sum", metrics = concat(
      [for m in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", m, "FunctionName", local.router]],
      [["AWS/Lambda", "Duration", "FunctionName", local.router, { stat = "p99", label = "p99, ms", yAxis = "right" }]],
    ) },
    { title = "NAT gateways, bytes to the internet", stat = "Sum", metrics = [
      for n in aws_nat_gateway.main : ["AWS/NATGateway", "BytesOutToDestination", "NatGatewayId", n.id]
    ] },
  ]
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "vidqc-${local.everywhere}"
  dashboard_body = jsonencode({
    widgets = [for i, w in local.widgets : {
      type   = "metric"
      x      = 12 * (i % 2)
      y      = 6 * floor(i / 2)
      width  = 12
      height = 6
      properties = {
        title   = w.title
        region  = var.region
        stat    = w.stat
        period  = 60
        view    = "timeSeries"
        metrics = w.metrics
      }
    }]
  })
}

resource "aws_budgets_budget" "monthly" {
  name         = "vidqc-${local.everywhere}"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }
    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
    }
  }
}
