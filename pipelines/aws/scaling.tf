# From none to max_tasks and back, by jobs in the queue and in work for each running task.
# The numbers are in scaling.json; simulate shows what they do.

locals {
  # One list for the policy and the alarm: id, name, namespace, dimensions.
  queue_dimensions   = { QueueName = aws_sqs_queue.jobs.name }
  service_dimensions = { ClusterName = aws_ecs_cluster.main.name, ServiceName = aws_ecs_service.worker.name }
  load_metrics = {
    waiting = { name = "ApproximateNumberOfMessagesVisible", namespace = "AWS/SQS", dimensions = local.queue_dimensions }
    working = { name = "ApproximateNumberOfMessagesNotVisible", namespace = "AWS/SQS", dimensions = local.queue_dimensions }
    sent    = { name = "NumberOfMessagesSent", namespace = "AWS/SQS", dimensions = local.queue_dimensions }
    running = { name = "RunningTaskCount", namespace = "ECS/ContainerInsights", dimensions = local.service_dimensions }
  }
}

resource "aws_appautoscaling_target" "worker" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.worker.name}"
  min_capacity       = local.scaling.min_tasks
  max_capacity       = coalesce(var.max_tasks, local.scaling.max_tasks)
}

# Jobs in work count as well: a task is not taken away while it works, the last one goes when
# nothing is left, and at a steady rate the metric falls as tasks are added, as target tracking
# needs it.  A minute in which a job came counts as one job at least: a queue that is empty at the
# moment of the sample would else end all tasks, and the next job wait for a new one.
resource "aws_appautoscaling_policy" "backlog" {
  name               = "backlog-per-task"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.worker.service_namespace
  scalable_dimension = aws_appautoscaling_target.worker.scalable_dimension
  resource_id        = aws_appautoscaling_target.worker.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = local.scaling.backlog_per_task
    scale_out_cooldown = local.scaling.scale_out_cooldown
    scale_in_cooldown  = local.scaling.scale_in_cooldown

    customized_metric_specification {
      dynamic "metrics" {
        for_each = local.load_metrics
        content {
          id          = metrics.key
          return_data = false
          metric_stat {
            stat = metrics.key == "sent" ? "Sum" : "Average"
            metric {
              metric_name = metrics.value.name
              namespace   = metrics.value.namespace
              dynamic "dimensions" {
                for_each = metrics.value.dimensions
                content {
                  name  = dimensions.key
                  value = dimensions.value
                }
              }
            }
          }
        }
      }
      metrics {
        id          = "jobs"
        label       = "Jobs waiting and in work"
        expression  = "FILL(waiting, 0) + FILL(working, 0)"
        return_data = false
      }
      metrics {
        id          = "backlog"
        label       = "Jobs for each running task"
        expression  = "IF(FILL(sent, 0) > 0 AND jobs < 1, 1, jobs) / IF(FILL(running, 0) > 0, FILL(running, 0), 1)"
        return_data = true
      }
    }
  }
}

# A share of no tasks is no number: the first tasks come by an alarm, as many as the queue's
# length asks for.
resource "aws_appautoscaling_policy" "from_zero" {
  name               = "from-zero"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.worker.service_namespace
  scalable_dimension = aws_appautoscaling_target.worker.scalable_dimension
  resource_id        = aws_appautoscaling_target.worker.resource_id

  step_scaling_policy_configuration {
    adjustment_type         = "ExactCapacity"
    cooldown                = local.scaling.from_zero_cooldown
    metric_aggregation_type = "Maximum"

    # Bounds count from the alarm's threshold, which is the first step's number.
    dynamic "step_adjustment" {
      for_each = local.scaling.from_zero
      content {
        scaling_adjustment          = step_adjustment.value.tasks
        metric_interval_lower_bound = step_adjustment.value.messages - local.scaling.from_zero[0].messages
        metric_interval_upper_bound = (
          step_adjustment.key + 1 < length(local.scaling.from_zero)
          ? local.scaling.from_zero[step_adjustment.key + 1].messages - local.scaling.from_zero[0].messages
          : null
        )
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "from_zero" {
  alarm_name          = "${local.name}-from-zero"
  alarm_description   = "Jobs wait and no task runs: starts the first ones.  No fault by itself; no-tasks is the alarm for that."
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = local.scaling.from_zero[0].messages
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.from_zero.arn]

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
